import { writeModel } from "@flotilla/onnx";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import type { Draft } from "../../flatbuffer/layout.ts";
import { openTflite } from "../../test-support/run-tflite.ts";
import { BuiltinOperator, type Operator, type SubGraph, TensorType } from "../../tflite-schema/gen/tflite.ts";
import { writeModelFile } from "../../tflite-schema/model-file.ts";
import { convertTflite } from "../convert-tflite.ts";

type Kind = keyof typeof BuiltinOperator;
type Step = readonly [kind: Kind, inputs: readonly number[], outputs: readonly number[], options?: Draft<Operator>["builtinOptions"]];

const KINDS: readonly Kind[] = [
  "CALL_ONCE",
  "VAR_HANDLE",
  "READ_VARIABLE",
  "ASSIGN_VARIABLE",
  "ADD",
  "RFFT2D",
  "COMPLEX_ABS",
  "RESHAPE",
  "REVERSE_V2",
];
const FLOAT = { shape: [2], type: TensorType.FLOAT32 };
const HANDLE = { shape: [], type: TensorType.RESOURCE };

function graph(
  tensors: Draft<SubGraph>["tensors"],
  steps: readonly Step[],
  inputs: readonly number[],
  outputs: readonly number[],
): Draft<SubGraph> {
  const operators = steps.map(([kind, given, results, options]) => ({
    opcodeIndex: KINDS.indexOf(kind),
    inputs: given,
    outputs: results,
    ...(options === undefined ? {} : { builtinOptions: options }),
  }));
  return { tensors: (tensors ?? []).map((tensor, index) => ({ name: `t${index}`, ...tensor })), operators, inputs, outputs };
}

function file(subgraphs: readonly Draft<SubGraph>[], constants: readonly Uint8Array[]): Uint8Array {
  const operatorCodes = KINDS.map((kind) => ({
    builtinCode: BuiltinOperator[kind],
    deprecatedBuiltinCode: Math.min(BuiltinOperator[kind], 127),
  }));
  return writeModelFile({ version: 3, operatorCodes, buffers: [{}, ...constants.map((data) => ({ data }))], subgraphs });
}

async function runConverted(bytes: Uint8Array, feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
  const session = await InferenceSession.create(writeModel(convertTflite(bytes).model), { intraOpNumThreads: 1, logSeverityLevel: 4 });
  const results = await session.run({ ...feeds });
  await session.release();
  return { ...results };
}

const floats = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
const variable = { type: "VarHandleOptions", value: { sharedName: "state" } } as const;

/** y = x + state; state = y; z = state. `first` is what CALL_ONCE's graph puts into it. */
function counter(first: Draft<SubGraph>): Uint8Array {
  const main = graph(
    [FLOAT, HANDLE, FLOAT, FLOAT, FLOAT],
    [
      ["CALL_ONCE", [], [], { type: "CallOnceOptions", value: { initSubgraphIndex: 1 } }],
      ["VAR_HANDLE", [], [1], variable],
      ["READ_VARIABLE", [1], [2]],
      ["ADD", [0, 2], [3], { type: "AddOptions", value: {} }],
      ["ASSIGN_VARIABLE", [1, 3], []],
      ["READ_VARIABLE", [1], [4]],
    ],
    [0],
    [3, 4],
  );
  return file([main, first], [floats(10, 20)]);
}

describe("a variable", () => {
  const assigns: readonly Step[] = [
    ["VAR_HANDLE", [], [0], variable],
    ["ASSIGN_VARIABLE", [0, 1], []],
  ];

  it("has its first value at the beginning of every run, and behind an assignment what was assigned", async () => {
    const bytes = counter(graph([HANDLE, { ...FLOAT, buffer: 1 }], assigns, [], []));
    for (let run = 0; run < 2; run += 1) {
      const { t3, t4 } = await runConverted(bytes, { t0: new Tensor("float32", [1, 2], [2]) });
      expect([t3, t4].map((tensor) => Array.from(tensor?.data as Float32Array))).toEqual([
        [11, 22],
        [11, 22],
      ]);
    }
  });

  it("without a constant to begin with is refused, and so is a graph that runs once and calculates", () => {
    expect(() => convertTflite(counter(graph([], [], [], [])))).toThrow(/no constant as its first value/);
    const calculates: readonly Step[] = [["ADD", [1, 1], [2], { type: "AddOptions", value: {} }], ...assigns];
    expect(() => convertTflite(counter(graph([HANDLE, { ...FLOAT, buffer: 1 }, FLOAT], calculates, [], [])))).toThrow(/with ADD/);
  });
});

describe("a spectrum", () => {
  it.each([
    { shape: [2, 1, 16], lengths: [1, 16], half: [2, 1, 9] },
    { shape: [4, 6], lengths: [4, 8], half: [4, 5] },
    { shape: [2, 1, 10], lengths: [1, 16], half: [2, 1, 9] },
    { shape: [3, 8], lengths: [2, 4], half: [2, 3] },
  ])("of $shape places, transformed over $lengths, is what TFLite calculates", async ({ shape, lengths, half }) => {
    const count = shape.reduce((total, size) => total * size, 1);
    const bytes = file(
      [
        graph(
          [
            { shape, type: TensorType.FLOAT32 },
            { shape: [2], type: TensorType.INT32, buffer: 1 },
            { shape: half, type: TensorType.COMPLEX64 },
            { shape: half, type: TensorType.FLOAT32 },
          ],
          [
            ["RFFT2D", [0, 1], [2], { type: "Rfft2dOptions", value: {} }],
            ["COMPLEX_ABS", [2], [3]],
          ],
          [0],
          [3],
        ),
      ],
      [new Uint8Array(Int32Array.from(lengths).buffer)],
    );
    const data = Float32Array.from({ length: count }, (_, index) => Math.sin(index * 1.7) * 3);
    const [wanted] = (await openTflite(bytes))({ t0: data });
    const { t3 } = await runConverted(bytes, { t0: new Tensor("float32", data, shape) });
    expect(t3?.dims).toEqual(wanted?.shape);
    const worst = Array.from(t3?.data as Float32Array, (value, index) => Math.abs(value - (wanted?.data[index] ?? NaN)));
    expect(Math.max(...worst)).toBeLessThanOrEqual(1e-4);
  });
});

describe("integers that get another scale where they are only moved", () => {
  it("keep their values, as TFLite's kernels do", async () => {
    const int8 = (scale: number, zeroPoint: number) => ({
      shape: [3],
      type: TensorType.INT8,
      quantization: { scale: [scale], zeroPoint: [zeroPoint] },
    });
    const axis = { shape: [1], type: TensorType.INT32, buffer: 1 };
    const bytes = file([graph([int8(0.1, -3), axis, int8(0.25, 7)], [["REVERSE_V2", [0, 1], [2]]], [0], [2])], [new Uint8Array(4)]);
    const { t2 } = await runConverted(bytes, { t0: new Tensor("int8", Int8Array.of(-128, 5, 100), [3]) });
    expect(Array.from(t2?.data as Int8Array)).toEqual([100, 5, -128]);
  });
});
