import { TensorType } from "../tflite-schema/gen/tflite.ts";
import type { Builtin, TargetOperator, TargetTensor } from "./target-model.ts";

/** What a version rule sees of an operator. */
interface Signature {
  readonly inputs: readonly (TargetTensor | null)[];
  readonly outputs: readonly TargetTensor[];
  readonly operator: TargetOperator;
}

type VersionRule = (signature: Signature) => number;

/** Version 2 of most operators added int8. */
const onInt8: VersionRule = ({ inputs }) => (inputs[0]?.type === TensorType.INT8 ? 2 : 1);

function rank({ inputs }: Signature): number {
  return Math.max(...inputs.map((input) => input?.shape.length ?? 0));
}

function broadcasts({ inputs }: Signature): boolean {
  return inputs[0]?.shape.join() !== inputs[1]?.shape.join();
}

const first = ({ inputs }: Signature): number => inputs[0]?.type ?? TensorType.FLOAT32;

const RULES: Readonly<Partial<Record<Builtin, VersionRule>>> = {
  CONV_2D: (signature) => {
    const [data, filter] = signature.inputs;
    if (data?.shape[3] !== filter?.shape[3]) return 6;
    return data?.type === TensorType.INT8 ? 3 : 1;
  },
  DEPTHWISE_CONV_2D: ({ inputs, operator }) => {
    if (inputs[0]?.type === TensorType.INT8) return 3;
    const options = operator.options?.type === "DepthwiseConv2DOptions" ? operator.options.value : {};
    return (options.dilationHFactor ?? 1) !== 1 || (options.dilationWFactor ?? 1) !== 1 ? 2 : 1;
  },
  TRANSPOSE_CONV: ({ inputs }) => (inputs.length > 3 ? 3 : inputs[1]?.type === TensorType.INT8 ? 2 : 1),
  FULLY_CONNECTED: (signature) => {
    const options = signature.operator.options?.type === "FullyConnectedOptions" ? signature.operator.options.value : {};
    if (options.keepNumDims === true) return 5;
    return first(signature) === TensorType.INT8 ? 4 : 1;
  },
  MUL: ({ inputs, outputs }) => {
    const [left, right] = inputs.map((input) => input?.quant?.scales[0] ?? 0);
    const result = outputs[0]?.quant?.scales[0] ?? 0;
    if (result > 0 && ((left ?? 0) * (right ?? 0)) / result >= 1) return 3;
    return inputs[0]?.type === TensorType.INT8 ? 2 : 1;
  },
  SUB: (signature) => (broadcasts(signature) && rank(signature) > 4 ? 3 : onInt8(signature)),
  DIV: (signature) => (broadcasts(signature) && rank(signature) > 4 ? 2 : 1),
  MAXIMUM: (signature) => (broadcasts(signature) && rank(signature) > 4 ? 3 : onInt8(signature)),
  MINIMUM: (signature) => (broadcasts(signature) && rank(signature) > 4 ? 3 : onInt8(signature)),
  TRANSPOSE: (signature) => {
    if (rank(signature) > 5) return 6;
    if (rank(signature) > 4) return 4;
    return first(signature) === TensorType.BOOL ? 3 : onInt8(signature);
  },
  SPLIT: ({ inputs }) => (inputs[1]?.type === TensorType.INT32 ? 3 : inputs[1]?.type === TensorType.INT8 ? 2 : 1),
  SLICE: (signature) => (rank(signature) > 4 ? 5 : onInt8(signature)),
  STRIDED_SLICE: (signature) => {
    if (rank(signature) > 4) return 4;
    return first(signature) === TensorType.BOOL ? 3 : onInt8(signature);
  },
  PAD: (signature) => (rank(signature) > 4 ? 4 : onInt8(signature)),
  PADV2: (signature) => (rank(signature) > 4 ? 4 : onInt8(signature)),
  GATHER: (signature) => {
    const options = signature.operator.options?.type === "GatherOptions" ? signature.operator.options.value : {};
    if ((options.batchDims ?? 0) !== 0) return 5;
    return first(signature) === TensorType.BOOL ? 3 : onInt8(signature);
  },
  RESIZE_BILINEAR: (signature) => {
    const options = signature.operator.options?.type === "ResizeBilinearOptions" ? signature.operator.options.value : {};
    return options.halfPixelCenters === true ? 3 : onInt8(signature);
  },
  RESIZE_NEAREST_NEIGHBOR: (signature) => {
    const options = signature.operator.options?.type === "ResizeNearestNeighborOptions" ? signature.operator.options.value : {};
    return options.halfPixelCenters === true || options.alignCorners === true ? 3 : onInt8(signature);
  },
  DEQUANTIZE: (signature) => (first(signature) === TensorType.FLOAT16 ? 3 : onInt8(signature)),
  BROADCAST_TO: (signature) => (first(signature) === TensorType.INT8 ? 3 : 2),
  TILE: (signature) => (first(signature) === TensorType.INT8 ? 3 : 1),
  CAST: ({ inputs, outputs }) => {
    const types = [inputs[0]?.type, outputs[0]?.type];
    if (types.includes(TensorType.INT8)) return 3;
    return types.includes(TensorType.UINT32) ? 2 : 1;
  },
  ARG_MAX: (signature) => onInt8(signature),
  QUANTIZE: () => 1,
  RESHAPE: () => 1,
  PRELU: () => 1,
  LEAKY_RELU: () => 1,
  HARD_SWISH: () => 1,
  SELECT_V2: () => 1,
  MIRROR_PAD: onInt8,
};

/**
 * The lowest version of an operator that does what is asked of it: older runtimes than it refuse the file.
 * Source: tensorflow/lite/tools/versioning/op_version.cc
 */
export function operatorVersion(operator: TargetOperator, tensors: readonly TargetTensor[]): number {
  const inputs = operator.inputs.map((index) => tensors[index] ?? null);
  const outputs = operator.outputs.flatMap((index) => tensors[index] ?? []);
  return (RULES[operator.builtin] ?? onInt8)({ inputs, outputs, operator });
}
