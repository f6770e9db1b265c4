import type { OperatorFacts, TensorFacts } from "./operator-facts.ts";

/** Why an operator runs on the CPU. Codes are stable; texts for them belong to whoever shows them. */
export type CpuReason =
  | { readonly code: "NOT_SUPPORTED" }
  | { readonly code: "NOT_INTEGER"; readonly type: string }
  | { readonly code: "DYNAMIC_SHAPE" }
  | { readonly code: "TOO_MANY_AXES"; readonly shape: readonly number[] }
  | { readonly code: "CALCULATED_PARAMETERS" }
  | { readonly code: "LIMITATION"; readonly limitation: Limitation }
  /** It would be supported, but needs what an operator on the CPU writes; the compiler makes one partition. */
  | { readonly code: "BEHIND_CPU"; readonly after: string }
  /** It turns float inputs into integers, in front of the partition. */
  | { readonly code: "FLOAT_INPUT" };

/** What the list of supported operators says of single ones. */
export type Limitation =
  | "fused-activation"
  | "dilation"
  | "unequal-dilation"
  | "constant-operand"
  | "weights-format"
  | "one-dimensional-output"
  | "batch-axis"
  | "places-only"
  | "shared-slopes"
  | "one-dimensional-input"
  | "relayout"
  | "strides";

type Rule = (operator: OperatorFacts) => Limitation | null;

const always: Rule = () => null;
const noActivation: Rule = ({ options }) => ((options["fusedActivationFunction"] ?? 0) === 0 ? null : "fused-activation");

/**
 * The operators that the Edge TPU compiler maps, with their documented limits.
 * Source: https://coral.ai/docs/edgetpu/models-intro/#supported-operations (compiler 16.0)
 */
export const EDGE_TPU_OPERATORS: Readonly<Record<string, Rule>> = {
  ADD: always,
  AVERAGE_POOL_2D: noActivation,
  CONCATENATION: (operator) => noActivation(operator) ?? constantOperands(operator),
  CONV_2D: ({ options }) => ((options["dilationWFactor"] ?? 1) === (options["dilationHFactor"] ?? 1) ? null : "unequal-dilation"),
  DEPTHWISE_CONV_2D: ({ options }) =>
    (options["dilationWFactor"] ?? 1) === 1 && (options["dilationHFactor"] ?? 1) === 1 ? null : "dilation",
  EXPAND_DIMS: always,
  FULLY_CONNECTED: ({ options, outputs }) => {
    if ((options["weightsFormat"] ?? 0) !== 0) return "weights-format";
    return outerSizes(outputs[0], 1).every((size) => size === 1) ? null : "one-dimensional-output";
  },
  L2_NORMALIZATION: always,
  LOGISTIC: always,
  UNIDIRECTIONAL_SEQUENCE_LSTM: always,
  MAXIMUM: always,
  MAX_POOL_2D: noActivation,
  MEAN: (operator) => (axesOf(operator).every((axis) => isPlace(operator, axis)) ? null : "places-only"),
  MINIMUM: always,
  MUL: always,
  PACK: ({ options }) => (options["axis"] === 0 ? "batch-axis" : null),
  PAD: (operator) => (paddedAxes(operator).every((axis) => isPlace(operator, axis)) ? null : "places-only"),
  PRELU: ({ inputs }) => (outerSizes(inputs[1], 1).every((size) => size === 1) ? null : "shared-slopes"),
  QUANTIZE: always,
  REDUCE_MAX: (operator) => (axesOf(operator).includes(0) ? "batch-axis" : null),
  REDUCE_MIN: (operator) => (axesOf(operator).includes(0) ? "batch-axis" : null),
  RELU: always,
  RELU6: always,
  RELU_N1_TO_1: always,
  RESHAPE: always,
  RESIZE_BILINEAR: always,
  RESIZE_NEAREST_NEIGHBOR: always,
  RSQRT: always,
  SLICE: always,
  SOFTMAX: ({ inputs }) => {
    const [input] = inputs;
    return outerSizes(input, 1).every((size) => size === 1) && (input?.shape.at(-1) ?? 0) <= 16_000 ? null : "one-dimensional-input";
  },
  SPACE_TO_DEPTH: always,
  SPLIT: ({ inputs }) => (integersOf(inputs[0])[0] === 0 ? "batch-axis" : null),
  SQUEEZE: ({ inputs }) => (isLeadingOnes(inputs[0]?.shape ?? []) ? null : "relayout"),
  STRIDED_SLICE: ({ inputs, options }) => {
    const strides = integersOf(inputs[3]);
    const masked = (options["ellipsisMask"] ?? 0) !== 0 || (options["newAxisMask"] ?? 0) !== 0;
    return strides.every((stride) => stride === 1) && !masked ? null : "strides";
  },
  SUB: always,
  SUM: (operator) => (axesOf(operator).includes(0) ? "batch-axis" : null),
  SQUARED_DIFFERENCE: always,
  TANH: always,
  TRANSPOSE: always,
  TRANSPOSE_CONV: always,
};

/** Inputs that hold parameters and must be constant, by operator. */
const PARAMETERS: Readonly<Record<string, readonly number[]>> = {
  CONV_2D: [1, 2],
  DEPTHWISE_CONV_2D: [1, 2],
  FULLY_CONNECTED: [1, 2],
  TRANSPOSE_CONV: [0, 1, 3],
  PRELU: [1],
  PAD: [1],
  MEAN: [1],
  RESHAPE: [1],
  TRANSPOSE: [1],
  RESIZE_BILINEAR: [1],
  RESIZE_NEAREST_NEIGHBOR: [1],
};

/** Why the compiler would not map this operator by itself; null where it would. */
export function ownReason(operator: OperatorFacts): CpuReason | null {
  const rule = EDGE_TPU_OPERATORS[operator.kind];
  if (rule === undefined) return { code: "NOT_SUPPORTED" };
  const parameters = PARAMETERS[operator.kind] ?? [];
  const isSetting = (index: number): boolean => parameters.includes(index) || (operator.kind === "SPLIT" && index === 0);
  const data = [
    ...operator.inputs.filter((input, index) => input !== null && !isSetting(index) && input.type !== "INT32"),
    ...operator.outputs,
  ];
  for (const tensor of data) {
    if (tensor === null) continue;
    if (tensor.isDynamic) return { code: "DYNAMIC_SHAPE" };
    if (tensor.type !== "INT8" && tensor.type !== "UINT8") return { code: "NOT_INTEGER", type: tensor.type };
    if (outerSizes(tensor, 3).some((size) => size !== 1)) return { code: "TOO_MANY_AXES", shape: tensor.shape };
  }
  if (parameters.some((index) => (operator.inputs[index] ?? null) !== null && operator.inputs[index]?.content === null))
    return { code: "CALCULATED_PARAMETERS" };
  const limitation = rule(operator);
  return limitation === null ? null : { code: "LIMITATION", limitation };
}

/** The sizes in front of the last `kept` axes. */
function outerSizes(tensor: TensorFacts | null | undefined, kept: number): readonly number[] {
  return tensor?.shape.slice(0, Math.max(0, tensor.shape.length - kept)) ?? [];
}

/** A constant concatenated with data may only be zeros, which is padding. */
function constantOperands({ inputs }: OperatorFacts): Limitation | null {
  const constants = inputs.filter((input) => input !== null && input.content !== null);
  if (constants.length === 0) return null;
  return inputs.length === 2 && constants.every((input) => input?.content?.every((byte) => byte === 0) ?? true) ? null : "constant-operand";
}

/** The 32-bit integers of a constant. */
function integersOf(tensor: TensorFacts | null | undefined): readonly number[] {
  const bytes = tensor?.content ?? new Uint8Array();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.byteLength / 4) }, (_, index) => view.getInt32(index * 4, true));
}

function axesOf({ inputs }: OperatorFacts): readonly number[] {
  const rank = inputs[0]?.shape.length ?? 0;
  return integersOf(inputs[1]).map((axis) => (axis < 0 ? axis + rank : axis));
}

function paddedAxes({ inputs }: OperatorFacts): readonly number[] {
  const amounts = integersOf(inputs[1]);
  return Array.from({ length: amounts.length / 2 }, (_, axis) => axis).filter(
    (axis) => (amounts[axis * 2] ?? 0) !== 0 || (amounts[axis * 2 + 1] ?? 0) !== 0,
  );
}

/** Height or width of an image of [batch, height, width, channels]. */
function isPlace({ inputs }: OperatorFacts, axis: number): boolean {
  const rank = inputs[0]?.shape.length ?? 0;
  return axis > rank - 4 && axis < rank - 1 && axis !== 0;
}

/** Whether dropping axes of size 1 leaves the data as they lie: all of them stand in front. */
function isLeadingOnes(shape: readonly number[]): boolean {
  const first = shape.findIndex((size) => size !== 1);
  return first === -1 || shape.slice(first).every((size) => size !== 1);
}
