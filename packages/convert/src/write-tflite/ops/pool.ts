import { DataType, type Node, tensorFromNumbers } from "@flotilla/onnx";
import type { Emitter } from "../emitter.ts";
import { Padding } from "../../tflite-schema/gen/tflite.ts";
import { isSame, isValid, padInput, padTensor, type Window, windowOf } from "../padding.ts";
import { readPlane, toPlane, writePlane } from "../places.ts";
import { noteFloat, readsIntegers } from "../quantisation.ts";
import type { OperatorRule } from "../rule.ts";
import type { Options, Quant } from "../target-model.ts";

/**
 * MaxPool and AveragePool over one or two places.
 *
 * Layout: NHWC; one place gets a height of 1.
 * Padding: VALID, SAME where TFLite calculates the same; else PADV2 with the lowest number in front of MAX_POOL_2D. AVERAGE_POOL_2D leaves padding out of its mean
 * with SAME; explicit padding is put in front and the mean corrected by a constant where ONNX leaves it out.
 * Dtype: int8 in the input's own scale, which the result keeps: a QUANTIZE follows where the model wants another one.
 * Versions: 1 for float, 2 for int8.
 * Source: tensorflow/lite/kernels/pooling.cc
 */
export const pool: OperatorRule = {
  operators: ["MaxPool", "AveragePool"],
  builtins: ["MAX_POOL_2D", "AVERAGE_POOL_2D", "PAD", "PADV2", "MUL", "RESHAPE"],
  integer: true,
  limits: "One or two places, no dilation, no indices.",
  refuse: (emitter, node) => {
    const rank = emitter.shapeOf(node.inputs[0] ?? "").length;
    if (rank !== 3 && rank !== 4) return `it pools ${rank - 2} places; TFLite pools one or two.`;
    if ((node.ints("dilations") ?? []).some((dilation) => dilation !== 1)) return "TFLite does not pool with dilation.";
    return (node.outputs[1] ?? "") === "" ? null : "its indices are read, which TFLite does not give.";
  },
  emit: (emitter, node) => {
    const [input = ""] = node.inputs;
    const [output = ""] = node.outputs;
    const sizes = { input: toPlane(emitter.shapeOf(input).slice(2)), output: toPlane(emitter.shapeOf(output).slice(2)) };
    const window = planeWindow(emitter, node, input, output);
    const correction = node.is("AveragePool") ? meanCorrection(node, window, sizes) : null;
    const quant = readsIntegers(emitter, [input]) && correction === null ? emitter.quantOf(input) : null;
    if (quant === null) noteFloat(emitter, node, [input]);
    const data = readPlane(emitter, input, quant === null ? "float" : "held");
    if (node.is("MaxPool")) {
      const padded = padInput(emitter, data, window, sizes, "lowest");
      writePool(emitter, output, quant, { builtin: "MAX_POOL_2D", ...padded, window });
      return;
    }
    const padding = isValid(window)
      ? Padding.VALID
      : !countsPadding(node) && isSame(window, sizes.input, sizes.output)
        ? Padding.SAME
        : null;
    const tensor = padding === null ? padTensor(emitter, data, [[0, 0], ...window.pads, [0, 0]], "zero") : data;
    writePool(emitter, output, quant, { builtin: "AVERAGE_POOL_2D", tensor, padding: padding ?? Padding.VALID, window }, correction);
  },
};

interface Pool {
  readonly builtin: "MAX_POOL_2D" | "AVERAGE_POOL_2D";
  readonly tensor: number;
  readonly padding: number;
  readonly window: Window;
}

function writePool(
  emitter: Emitter,
  output: string,
  quant: Quant | null,
  { builtin, tensor, padding, window }: Pool,
  factors: Float64Array | null = null,
): void {
  const [filterHeight = 1, filterWidth = 1] = window.kernel;
  const [strideH = 1, strideW = 1] = window.strides;
  const options: Options = { type: "Pool2DOptions", value: { padding, strideH, strideW, filterHeight, filterWidth } };
  writePlane(emitter, output, quant, (target) => {
    if (factors === null) {
      emitter.add(builtin, [tensor], [target], options);
      return;
    }
    const { shape } = emitter.describe(target);
    const mean = emitter.temporary("mean", shape, target);
    emitter.add(builtin, [tensor], [mean], options);
    const factor = emitter.constant(tensorFromNumbers(DataType.FLOAT, [1, shape[1] ?? 1, shape[2] ?? 1, 1], factors), "places");
    emitter.add("MUL", [mean, factor], [target], { type: "MulOptions", value: {} });
  });
}

function planeWindow(emitter: Emitter, node: Node, input: string, output: string): Window {
  const { kernel, strides, dilations, pads } = windowOf(
    node,
    node.ints("kernel_shape") ?? [],
    emitter.shapeOf(input).slice(2),
    emitter.shapeOf(output).slice(2),
  );
  const plane: Window["pads"] = pads.length === 1 ? [[0, 0], ...pads] : pads;
  return { kernel: toPlane(kernel), strides: toPlane(strides), dilations: toPlane(dilations), pads: plane };
}

function countsPadding(node: Node): boolean {
  return node.int("count_include_pad", 0) === 1;
}

interface Sizes {
  readonly input: readonly number[];
  readonly output: readonly number[];
}

/**
 * By what each mean over the padded input is to be multiplied so that it is ONNX's; null where nothing is to be corrected. What ceil_mode reads behind the given
 * padding never counts.
 */
function meanCorrection(node: Node, window: Window, sizes: Sizes): Float64Array | null {
  const given = node.ints("pads") ?? [];
  const explicit = node.string("auto_pad", "NOTSET") === "NOTSET";
  const counted = window.pads.map(([before, behind], axis): readonly [number, number] => {
    if (!countsPadding(node)) return [0, 0];
    const places = given.length / 2;
    const index = axis - (window.pads.length - places);
    return explicit ? [before, index < 0 ? 0 : (given[index + places] ?? 0)] : [before, behind];
  });
  if (isValid(window) || (!countsPadding(node) && isSame(window, sizes.input, sizes.output))) return null;
  const shares = window.kernel.map((kernel, axis) =>
    Array.from({ length: sizes.output[axis] ?? 1 }, (_, result) => {
      const [low, high] = [-(counted[axis]?.[0] ?? 0), (sizes.input[axis] ?? 1) + (counted[axis]?.[1] ?? 0)];
      const start = result * (window.strides[axis] ?? 1) - (window.pads[axis]?.[0] ?? 0);
      return kernel / (Math.min(start + kernel, high) - Math.max(start, low));
    }),
  );
  const factors = Float64Array.from((shares[0] ?? [1]).flatMap((row) => (shares[1] ?? [1]).map((column) => row * column)));
  return factors.every((factor) => factor === 1) ? null : factors;
}
