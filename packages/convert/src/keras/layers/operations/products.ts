import { toChannelsFirst, toChannelsLast, transpose } from "../../emit/axes.ts";
import { encodeCategories } from "../../emit/encode-categories.ts";
import { resizeImage } from "../../emit/resize-image.ts";
import { windowAttributes } from "../../emit/window.ts";
import { type LayerCall, toFloat } from "../layer-call.ts";
import type { LayerKind } from "../layer-kind.ts";
import { axesOf, first, operand, operands, setting, single, wholeNumber, word } from "./arguments.ts";

/** Products, pictures and windows. Source: keras/src/ops/{numpy,nn,image}.py; tensorflow/python/ops/{math_ops,nn_ops,image_ops}.py */
function matmul(call: LayerCall): string {
  const { b } = call;
  const [left, right] = operands(call);
  const side = (value: string, flag: string): string => {
    const rank = b.rank(value);
    const perm = Array.from({ length: rank }, (_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis));
    return setting(call, -1, flag) === true ? transpose(b, value, perm) : value;
  };
  return b.op("MatMul", [side(left, "transpose_a"), side(right, "transpose_b")]);
}

/** x · m with the first axes of m, a matrix that stands in the file or a tensor of two axes. */
function tensorDot(call: LayerCall): string {
  if (wholeNumber(call, 2, 2, "axes") !== 1) call.refuse("axes other than 1");
  const [left, right] = operands(call);
  return call.b.rank(right) === 2 ? call.b.op("MatMul", [left, right]) : call.refuse("a tensor that is no matrix");
}

function resize(call: LayerCall): string {
  const { b } = call;
  const channelsFirst = setting(call, -1, "data_format") === "channels_first";
  const flags = ["antialias", "crop_to_aspect_ratio", "pad_to_aspect_ratio", "preserve_aspect_ratio"];
  const flag = flags.find((name) => setting(call, -1, name) === true);
  if (flag !== undefined) call.refuse(`${flag}=True`);
  const sizes = axesOf(call, setting(call, 1, "size")) ?? call.fail("has no size");
  const name = word(call, "bilinear", 2, "interpolation", "method");
  if (!["nearest", "bilinear", "bicubic"].includes(name)) call.refuse(`interpolation=${name}`);
  const x = toFloat(b, first(call));
  const resized = resizeImage(b, channelsFirst ? x : toChannelsFirst(b, x), sizes, name);
  return channelsFirst ? resized : toChannelsLast(b, resized);
}

function pool(call: LayerCall, average: boolean): string {
  const { b } = call;
  const format = setting(call, -1, "data_format");
  const channelsFirst = format === "channels_first" || format === "NCHW";
  const x = toFloat(b, first(call));
  const turned = channelsFirst ? x : toChannelsFirst(b, x);
  const rank = b.rank(x) - 2;
  const spatial = (value: unknown): number[] => {
    const list = axesOf(call, value) ?? call.fail("has no window");
    return list.length === rank ? list : list.length === rank + 2 ? list.slice(1, -1) : Array.from({ length: rank }, () => list[0] ?? 1);
  };
  const sizes = spatial(setting(call, 1, "pool_size", "ksize"));
  const window = { sizes, strides: spatial(setting(call, 2, "strides") ?? sizes), dilations: sizes.map(() => 1) };
  const padding = word(call, "valid", 3, "padding");
  const attributes = windowAttributes(window, padding === "same" ? "same" : "valid", b.shape(turned).slice(2));
  const pooled = average ? b.op("AveragePool", [turned], { ...attributes, count_include_pad: 0n }) : b.op("MaxPool", [turned], attributes);
  return channelsFirst ? pooled : toChannelsLast(b, pooled);
}

/** Blocks of places to channels and back, in TensorFlow's order. */
function blocks(call: LayerCall, operator: "DepthToSpace" | "SpaceToDepth"): string {
  const { b } = call;
  if ((setting(call, 2, "data_format") ?? "NHWC") !== "NHWC") call.refuse("channels_first");
  const blocksize = BigInt(wholeNumber(call, null, 1, "block_size"));
  return toChannelsLast(b, b.op(operator, [toChannelsFirst(b, first(call))], { blocksize }));
}

/** Weights of red, green and blue as TensorFlow has them. */
const GREY = [0.2989, 0.587, 0.114];

export const products: readonly LayerKind[] = [
  single(["ops.Matmul", "tf.linalg.matmul"], "MatMul", matmul),
  single(["tf.tensordot"], "MatMul", tensorDot),
  single(["ops.Einsum"], "Einsum", (call) => {
    const operandsOf = call.args.flatMap((_, position) => call.tensors(position, ""));
    return call.b.op(
      "Einsum",
      operandsOf.map((value) => toFloat(call.b, value)),
      { equation: call.config.text("subscripts", "") },
    );
  }),
  single(["tf.nn.bias_add"], "Add", (call) => call.b.op("Add", [first(call), operand(call, 1, ["bias"], null)])),
  single(["ops.Resize", "tf.image.resize"], "Resize: nearest, bilinear, bicubic", resize),
  single(["ops.RGBToGrayscale", "tf.image.rgb_to_grayscale"], "MatMul", (call) =>
    (setting(call, -1, "data_format") ?? "channels_last") === "channels_last"
      ? call.b.op("MatMul", [toFloat(call.b, first(call)), call.b.floats(GREY, [3, 1])])
      : call.refuse("channels_first"),
  ),
  single(["ops.MaxPool", "tf.nn.max_pool2d", "tf.nn.max_pool"], "MaxPool", (call) => pool(call, false)),
  single(["ops.AveragePool", "tf.nn.avg_pool2d", "tf.nn.avg_pool"], "AveragePool", (call) => pool(call, true)),
  single(["tf.nn.depth_to_space"], "DepthToSpace", (call) => blocks(call, "DepthToSpace")),
  single(["tf.nn.space_to_depth"], "SpaceToDepth", (call) => blocks(call, "SpaceToDepth")),
  single(["ops.OneHot", "tf.one_hot"], "Equal, Cast", (call) => {
    const { b } = call;
    if (Number(setting(call, -1, "axis") ?? -1) !== -1) call.refuse("axis other than -1");
    // A last axis of 1 stays, unlike in CategoryEncoding.
    const ids = first(call);
    const depth = wholeNumber(call, null, 1, "num_classes", "depth");
    return encodeCategories(b, b.op("Unsqueeze", [ids, b.ints([b.rank(ids)])]), "one_hot", depth);
  }),
];
