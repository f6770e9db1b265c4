import { describe, expect, it } from "vitest";
import type { OneOperator, Operand } from "../../test-support/one-operator.ts";
import { constant, distanceFromTflite, given, ints } from "../../test-support/same-as-tflite.ts";
import { writeModel } from "@flotilla/onnx";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { writeOperator } from "../../test-support/one-operator.ts";
import { convertTflite } from "../convert-tflite.ts";
import { TensorType } from "../../tflite-schema/gen/tflite.ts";

const state = (...shape: number[]): Operand => ({ shape, variable: true });
const weights = (...shape: number[]): Operand =>
  constant(
    shape,
    shape.reduce((seed, size) => seed * 7 + size, 3),
  );

interface LstmParts {
  readonly coupled?: boolean;
  readonly peepholes?: boolean;
  readonly projection?: boolean;
  readonly normalised?: boolean;
}

const [STEPS, INPUTS, CELLS, OUTPUTS] = [4, 3, 5, 2];

/** An LSTM over [2, time, inputs]. */
function lstm({ coupled = false, peepholes = false, projection = false, normalised = false }: LstmParts): OneOperator {
  const outputs = projection ? OUTPUTS : CELLS;
  const gate = (make: () => Operand): (Operand | null)[] => [coupled ? null : make(), make(), make(), make()];
  return {
    kind: "UNIDIRECTIONAL_SEQUENCE_LSTM",
    inputs: [
      given(2, STEPS, INPUTS),
      ...gate(() => weights(CELLS, INPUTS)),
      ...gate(() => weights(CELLS, outputs)),
      ...[coupled ? null : weights(CELLS), weights(CELLS), weights(CELLS)].map((peephole) => (peepholes ? peephole : null)),
      ...gate(() => weights(CELLS)),
      projection ? weights(OUTPUTS, CELLS) : null,
      projection ? weights(OUTPUTS) : null,
      state(2, outputs),
      state(2, CELLS),
      ...(normalised ? gate(() => weights(CELLS)) : [null, null, null, null]),
    ],
    options: { type: "UnidirectionalSequenceLSTMOptions", value: { fusedActivationFunction: 4, cellClip: projection ? 0.4 : 0 } },
    shapes: [[2, STEPS, outputs]],
  };
}

const CASES: Readonly<Record<string, OneOperator>> = {
  "LSTM, plain": lstm({}),
  "LSTM with coupled gates and peepholes": lstm({ coupled: true, peepholes: true }),
  "LSTM that projects its output, its cells clipped": lstm({ projection: true }),
  "LSTM that normalises its gates": lstm({ normalised: true }),
  "LSTM with coupled gates, peepholes, normalised, projected": lstm({ coupled: true, peepholes: true, normalised: true, projection: true }),
  "SVDF of rank 2 with RELU": {
    kind: "SVDF",
    inputs: [given(2, 3), weights(8, 3), weights(8, 5), weights(4), state(2, 40)],
    options: { type: "SVDFOptions", value: { rank: 2, fusedActivationFunction: 1 } },
    shapes: [[2, 4]],
  },
  ATAN2: { kind: "ATAN2", inputs: [given(6, 7), given(6, 7)] },
  SEGMENT_SUM: {
    kind: "SEGMENT_SUM",
    inputs: [given(4, 3), ints([0, 0, 1, 2])],
    options: { type: "SegmentSumOptions", value: {} },
  },
  ...Object.fromEntries(
    (["UNSORTED_SEGMENT_SUM", "UNSORTED_SEGMENT_PROD", "UNSORTED_SEGMENT_MAX", "UNSORTED_SEGMENT_MIN"] as const).map(
      (kind): [string, OneOperator] => [
        `${kind} with an empty segment and a row of none`,
        { kind, inputs: [given(5, 2), ints([2, 0, -1, 2, 0]), ints([4], [1])], shapes: [[4, 2]] },
      ],
    ),
  ),
  MATRIX_DIAG: { kind: "MATRIX_DIAG", inputs: [given(2, 3)], options: { type: "MatrixDiagOptions", value: {} }, shapes: [[2, 3, 3]] },
  "MATRIX_SET_DIAG of a wide matrix": {
    kind: "MATRIX_SET_DIAG",
    inputs: [given(2, 3, 4), given(2, 3)],
    options: { type: "MatrixSetDiagOptions", value: {} },
  },
  "MATRIX_SET_DIAG of a high matrix": {
    kind: "MATRIX_SET_DIAG",
    inputs: [given(2, 4, 3), given(2, 3)],
    options: { type: "MatrixSetDiagOptions", value: {} },
  },
  SPARSE_TO_DENSE: {
    kind: "SPARSE_TO_DENSE",
    inputs: [ints([0, 1, 2, 3], [2, 2]), ints([3, 4]), given(2), { shape: [], values: [-1] }],
    options: { type: "SparseToDenseOptions", value: {} },
  },
  UNIQUE: {
    kind: "UNIQUE",
    inputs: [ints([5, 2, 5, 9, 2])],
    outputs: [TensorType.INT32, TensorType.INT32],
    options: { type: "UniqueOptions", value: { idxOutType: TensorType.INT32 } },
  },
  BUCKETIZE: {
    kind: "BUCKETIZE",
    inputs: [given(3, 4)],
    outputs: [TensorType.INT32],
    options: { type: "BucketizeOptions", value: { boundaries: [-1, 0, 0.5] } },
  },
  "GATHER by batch along a later axis": {
    kind: "GATHER",
    inputs: [given(2, 3, 4, 2), ints([3, 0, 1, 1, 2, 0], [2, 3])],
    options: { type: "GatherOptions", value: { axis: 2, batchDims: 1 } },
  },
  "REVERSE_SEQUENCE along a later axis": {
    kind: "REVERSE_SEQUENCE",
    inputs: [given(4, 2, 3), ints([3, 1, 4])],
    options: { type: "ReverseSequenceOptions", value: { seqDim: 0, batchDim: 2 } },
  },
};

describe("an operator that few models have computes in onnxruntime what it does in TFLite:", () => {
  it.each(Object.entries(CASES))("%s", async (_, operator) => expect(await distanceFromTflite(operator)).toBeLessThanOrEqual(1e-5));
});

/** The runtime of 2023 that the others are compared with does not know these. */
describe("an operator on integers that the older runtime lacks", () => {
  const [left, right] = [Int32Array.of(-9, 7, -1, 40, -100), Int32Array.of(1, 3, 31, 2, 5)];

  it.each([
    ["BITWISE_XOR", (a: number, b: number): number => a ^ b],
    ["RIGHT_SHIFT", (a: number, b: number): number => a >> b],
  ] as const)("%s, of negative ones too", async (kind, compute) => {
    const whole = { shape: [5], type: TensorType.INT32 };
    const bytes = writeOperator({ kind, inputs: [whole, { ...whole }], outputs: [TensorType.INT32] }, [[5]]);
    const session = await InferenceSession.create(writeModel(convertTflite(bytes).model), { intraOpNumThreads: 1, logSeverityLevel: 4 });
    const { out0 } = await session.run({ in0: new Tensor("int32", left, [5]), in1: new Tensor("int32", right, [5]) });
    await session.release();
    expect(Array.from(out0?.data as Int32Array)).toEqual([...left].map((value, index) => compute(value, right[index] ?? 0)));
  });
});
