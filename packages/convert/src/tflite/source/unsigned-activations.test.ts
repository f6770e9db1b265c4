import { describe, expect, it } from "vitest";
import { TensorType } from "../../tflite-schema/gen/tflite.ts";
import type { SourceModel, SourceOperator, SourceTensor } from "./types.ts";
import { unsignedActivations } from "./unsigned-activations.ts";

function tensor(index: number, parts: Partial<SourceTensor> = {}): SourceTensor {
  const quantisation = { scale: [0.5], zeroPoint: [-3], axis: 0 };
  return {
    index,
    name: `t${index}`,
    type: TensorType.INT8,
    shape: [2],
    signature: [2],
    data: null,
    quantisation,
    origin: 0,
    isVariable: false,
    ...parts,
  };
}

function operator(kind: string, inputs: readonly number[], outputs: readonly number[]): SourceOperator {
  return { kind, version: 1, inputs, outputs, intermediates: [], options: null, customOptions: new Uint8Array() };
}

function model(tensors: readonly SourceTensor[], operators: readonly SourceOperator[], outputs: readonly number[]): SourceModel {
  return { description: "", signature: null, metadata: [], graphs: [{ index: 0, name: "main", tensors, operators, inputs: [0], outputs }] };
}

const typesOf = ({ graphs }: SourceModel): (number | undefined)[] => (graphs[0]?.tensors ?? []).map(({ type }) => type);

describe("activations of int8", () => {
  it("become uint8 with the same scale and a zero point 128 higher; the output stays as it was", () => {
    const given = model([tensor(0), tensor(1), tensor(2)], [operator("TANH", [0], [1]), operator("ABS", [1], [2])], [2]);
    const changed = unsignedActivations(given);
    expect(typesOf(changed)).toEqual([TensorType.UINT8, TensorType.UINT8, TensorType.INT8]);
    expect(changed.graphs[0]?.tensors[1]).toMatchObject({ quantisation: { scale: [0.5], zeroPoint: [125] }, origin: 128 });
  });

  it("that meet a constant in an addition take it with them; a filter stays int8", () => {
    const data = Uint8Array.of(0x80, 0x7f);
    const given = model(
      [tensor(0), tensor(1, { data }), tensor(2), tensor(3, { data }), tensor(4)],
      [operator("ADD", [0, 1], [2]), operator("CONV_2D", [2, 3], [4])],
      [4],
    );
    const changed = unsignedActivations(given);
    expect(typesOf(changed)).toEqual([TensorType.UINT8, TensorType.UINT8, TensorType.UINT8, TensorType.INT8, TensorType.INT8]);
    expect([...(changed.graphs[0]?.tensors[1]?.data ?? [])]).toEqual([0, 255]);
  });

  it("that are read as plain integers stay as they are, and so does a model of several graphs", () => {
    const cast = model([tensor(0), tensor(1, { type: TensorType.FLOAT32, quantisation: null })], [operator("CAST", [0], [1])], [1]);
    expect(unsignedActivations(cast)).toEqual(cast);
    const [main] = cast.graphs;
    const several = { ...cast, graphs: main === undefined ? [] : [main, main] };
    expect(unsignedActivations(several)).toBe(several);
  });
});
