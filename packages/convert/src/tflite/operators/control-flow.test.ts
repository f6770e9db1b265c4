import { describe, expect, it } from "vitest";
import { BuiltinOperator, TensorType } from "../../tflite-schema/gen/tflite.ts";
import { writeModelFile } from "../../tflite-schema/model-file.ts";
import { convertTflite } from "../convert-tflite.ts";

const tensor = (name: string) => ({ name, shape: [2], type: TensorType.FLOAT32 });

/** A main graph of one STABLEHLO_COMPOSITE that stands for graph 1, which holds one operator. */
function composite(inner: { readonly opcodeIndex: number; readonly graph?: number }): Uint8Array {
  const stands = (decompositionSubgraphIndex: number) =>
    ({ type: "StableHLOCompositeOptions", value: { name: "odml.sum", decompositionSubgraphIndex } }) as const;
  return writeModelFile({
    version: 3,
    operatorCodes: [
      { builtinCode: BuiltinOperator.STABLEHLO_COMPOSITE, deprecatedBuiltinCode: 127 },
      { builtinCode: BuiltinOperator.ADD, deprecatedBuiltinCode: BuiltinOperator.ADD },
    ],
    buffers: [{}],
    subgraphs: [
      {
        tensors: [tensor("x"), tensor("y")],
        inputs: [0],
        outputs: [1],
        operators: [{ opcodeIndex: 0, inputs: [0], outputs: [1], builtinOptions2: stands(1) }],
      },
      {
        tensors: [tensor("a"), tensor("b")],
        inputs: [0],
        outputs: [1],
        operators: [
          {
            opcodeIndex: inner.opcodeIndex,
            inputs: inner.opcodeIndex === 1 ? [0, 0] : [0],
            outputs: [1],
            ...(inner.graph === undefined ? {} : { builtinOptions2: stands(inner.graph) }),
          },
        ],
      },
    ],
  });
}

describe("an operator that stands for another graph", () => {
  it("becomes what that graph does", () => {
    expect(
      convertTflite(composite({ opcodeIndex: 1 })).model.graph.nodes.map(({ opType, inputs, outputs }) => [opType, inputs, outputs]),
    ).toEqual([["Add", ["x", "x"], ["y"]]]);
  });

  it("whose graph stands for itself is refused, and so is one that names no graph", () => {
    expect(() => convertTflite(composite({ opcodeIndex: 0, graph: 1 }))).toThrow(/call each other more than 16 deep/);
    expect(() => convertTflite(composite({ opcodeIndex: 0, graph: 9 }))).toThrow(/names graph 9, and the file has 2/);
  });
});
