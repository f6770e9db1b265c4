import { DataType, type Dim, tensorFromNumbers } from "@flotilla/onnx";
import { range, transpose } from "../../emit/axes.ts";
import { reshape } from "../../emit/reshape.ts";
import { getItem } from "../get-item.ts";
import { type CallValue, type LayerCall, toFloat } from "../layer-call.ts";
import type { LayerKind } from "../layer-kind.ts";
import { axesOf, first, oneAxis, setting, single, wholeNumber, word } from "./arguments.ts";

/** Operations that move elements. Source: keras/src/ops/{numpy,core}.py; tensorflow/python/ops/{array_ops,manip_ops}.py */
function reshapeTo(call: LayerCall): string {
  const { b } = call;
  const x = first(call);
  const given = call.args[1] ?? call.kwargs.get("shape") ?? call.kwargs.get("newshape");
  if (given !== undefined && hasTensor(given)) return reshapeToTensors(call, x, given);
  const sizes = axesOf(call, setting(call, 1, "newshape", "shape")) ?? call.fail("has no shape");
  const shape = b.shape(x);
  // −1 in front of what a sample has is the batch.
  const whole =
    shape.slice(1).every((dim) => typeof dim === "number") && shape.slice(1).reduce<number>((total, dim) => total * Number(dim), 1);
  const keeps = sizes[0] === -1 && typeof whole === "number" && sizes.slice(1).reduce((total, size) => total * size, 1) === whole;
  return reshape(
    b,
    x,
    sizes.map((size, index) => (size !== -1 ? size : keeps && index === 0 ? (shape[0] ?? null) : null)),
  );
}

function hasTensor(value: CallValue): boolean {
  return value.kind === "tensor" || (value.kind === "list" && value.items.some(hasTensor));
}

/** A shape of which some sizes, or all, are tensors. */
function reshapeToTensors(call: LayerCall, x: string, given: CallValue): string {
  const { b } = call;
  const sizes = sizesOf(call, given);
  const result = b.op("Reshape", [x, sizes]);
  if (given.kind !== "list") return result;
  // A size that the file gives as a tensor is unknown, but for the first, which stands for the batch.
  const shape = given.items.map((item, axis): Dim => {
    const known = item.kind === "value" && typeof item.value === "number" && item.value > 0 ? item.value : null;
    return known ?? (axis === 0 && item.kind === "tensor" ? (b.shape(x)[0] ?? null) : null);
  });
  b.graph.types.set(result, { elemType: b.type(x).elemType, shape });
  return result;
}

/** Sizes of which some are tensors, as one int64 tensor. */
function sizesOf(call: LayerCall, given: CallValue): string {
  const { b } = call;
  const long = (value: string): string => b.op("Cast", [value], { to: BigInt(DataType.INT64) });
  if (given.kind === "tensor") return long(given.value);
  const items = given.kind === "list" ? given.items : [];
  const parts = items.map((item) => {
    if (item.kind === "tensor") return b.op("Reshape", [long(item.value), b.ints([1])]);
    return b.ints([item.kind === "value" && typeof item.value === "number" ? item.value : call.fail("has a size that is no number")]);
  });
  return b.op("Concat", parts, { axis: 0n });
}

function join(call: LayerCall, stacked: boolean): string {
  const { b } = call;
  const axis = axesOf(call, setting(call, 1, "axis"))?.[0] ?? 0;
  const rank = b.rank(call.rawInput()) + (stacked ? 1 : 0);
  const place = call.axis(axis, rank);
  // Keras writes no types of masks that it makes: one of them may be of numbers.
  const mixed = new Set(call.inputs.map((input) => b.type(input).elemType)).size > 1;
  const values = mixed ? call.inputs.map((input) => toFloat(b, input)) : call.inputs;
  const inputs = stacked ? values.map((input) => b.op("Unsqueeze", [input, b.ints([place])])) : values;
  return b.op("Concat", inputs, { axis: BigInt(place) });
}

/** Shifts along axes; what leaves at the end comes back in front. */
function roll(call: LayerCall): string {
  const { b } = call;
  const x = first(call);
  const shifts = axesOf(call, setting(call, 1, "shift")) ?? call.fail("has no shift");
  const axes = axesOf(call, setting(call, 2, "axis")) ?? call.refuse("axis=None");
  return axes.reduce((value, given, index) => {
    const axis = call.axis(given, b.rank(x));
    const size = call.size(x, axis);
    const cut = ((-(shifts[index] ?? shifts[0] ?? 0) % size) + size) % size;
    const part = (from: number, to: number): string => b.op("Slice", [value, b.ints([from]), b.ints([to]), b.ints([axis])]);
    return cut === 0 ? value : b.op("Concat", [part(cut, size), part(0, cut)], { axis: BigInt(axis) });
  }, x);
}

function flip(call: LayerCall): string {
  const { b } = call;
  const x = first(call);
  const axes = axesOf(call, setting(call, 1, "axis")) ?? range(0, b.rank(x));
  const all = (value: number): string => b.ints(axes.map(() => value));
  return b.op("Slice", [x, all(-1), all(-Number.MAX_SAFE_INTEGER), b.ints(axes), all(-1)]);
}

function tile(call: LayerCall): string {
  const { b } = call;
  const x = first(call);
  const repeats = axesOf(call, setting(call, 1, "repeats", "multiples")) ?? call.fail("has no repeats");
  const missing = b.rank(x) - repeats.length;
  if (missing < 0) call.fail(`repeats ${repeats.length} axes of an input of ${b.rank(x)}`);
  return b.op("Tile", [x, b.ints([...range(0, missing).map(() => 1), ...repeats])]);
}

/** Each place several times, one behind the other. */
function repeat(call: LayerCall): string {
  const { b } = call;
  const x = first(call);
  if (setting(call, 2, "axis") === null || setting(call, 2, "axis") === undefined) call.refuse("axis=None");
  const axis = oneAxis(call, x, 0, 2);
  const times = wholeNumber(call, null, 1, "repeats");
  const places = range(0, call.size(x, axis)).flatMap((place) => range(0, times).map(() => place));
  return b.op("Gather", [x, b.constant(tensorFromNumbers(DataType.INT64, [places.length], places), "places")], { axis: BigInt(axis) });
}

const PAD_MODES: ReadonlyMap<string, string> = new Map([
  ["constant", "constant"],
  ["reflect", "reflect"],
  ["edge", "edge"],
]);

function pad(call: LayerCall): string {
  const { b } = call;
  const x = first(call);
  const widths = setting(call, 1, "pad_width", "paddings");
  const pairs = Array.isArray(widths) ? widths.map((pair) => axesOf(call, pair) ?? []) : [];
  if (pairs.length !== b.rank(x) || pairs.some((pair) => pair.length !== 2)) call.fail("has no pair of widths for each axis");
  const name = word(call, "constant", 2, "mode");
  const mode = PAD_MODES.get(name) ?? call.refuse(`mode=${name}`);
  const value = setting(call, 3, "constant_values") ?? 0;
  const edges = b.ints([...pairs.map(([before = 0]) => before), ...pairs.map(([, after = 0]) => after)]);
  return b.op("Pad", [x, edges, ...(mode === "constant" ? [b.op("CastLike", [b.floats(Number(value)), x])] : [])], { mode });
}

/** Into equal parts, at places (Keras 3), or by sizes (TensorFlow). */
function split(call: LayerCall): string[] {
  const { b, layer } = call;
  const x = first(call);
  const axis = oneAxis(call, x, 0, 2);
  const cuts = setting(call, 1, "indices_or_sections", "num_or_size_splits");
  const size = call.size(x, axis);
  const list = axesOf(call, cuts) ?? [];
  const ends = layer.className === "ops.Split" ? [...list, size] : list;
  const places = layer.className === "ops.Split" ? ends.map((end, index) => end - (ends[index - 1] ?? 0)) : ends;
  const sizes = typeof cuts === "number" ? range(0, cuts).map(() => size / cuts) : places;
  if (sizes.some((part) => !Number.isInteger(part) || part < 0) || sizes.reduce((total, part) => total + part, 0) !== size)
    call.fail(`cuts an axis of ${size} into ${JSON.stringify(cuts)}`);
  return b.nodeOf("Split", [x, b.ints(sizes)], sizes.length, { axis: BigInt(axis) });
}

function unstack(call: LayerCall): string[] {
  const { b } = call;
  const x = first(call);
  const axis = oneAxis(call, x, 0, 2);
  const parts = b.nodeOf("Split", [x], call.size(x, axis), { axis: BigInt(axis) });
  return parts.map((part) => b.op("Squeeze", [part, b.ints([axis])]));
}

function swapAxes(call: LayerCall): string {
  const x = first(call);
  const rank = call.b.rank(x);
  const one = call.axis(wholeNumber(call, null, 1, "axis1"), rank);
  const other = call.axis(wholeNumber(call, null, 2, "axis2"), rank);
  return transpose(
    call.b,
    x,
    range(0, rank).map((axis) => (axis === one ? other : axis === other ? one : axis)),
  );
}

function moveAxes(call: LayerCall): string {
  const x = first(call);
  const rank = call.b.rank(x);
  const [from, to] = [setting(call, 1, "source"), setting(call, 2, "destination")].map((value) =>
    (axesOf(call, value) ?? []).map((axis) => call.axis(axis, rank)),
  ) as [number[], number[]];
  const rest = range(0, rank).filter((axis) => !from.includes(axis));
  const perm = range(0, rank).map((place) => (to.includes(place) ? (from[to.indexOf(place)] ?? 0) : (rest.shift() ?? 0)));
  return transpose(call.b, x, perm);
}

function broadcast(call: LayerCall): string {
  const { b } = call;
  const given = call.args[1] ?? call.kwargs.get("shape");
  if (given !== undefined && hasTensor(given)) return b.op("Expand", [first(call), sizesOf(call, given)]);
  return b.op("Expand", [first(call), b.ints(axesOf(call, setting(call, 1, "shape")) ?? call.fail("has no shape"))]);
}

function slice(call: LayerCall): string {
  const { b } = call;
  const starts = axesOf(call, setting(call, 1, "start_indices", "begin")) ?? call.fail("has no places to start from");
  const sizes = axesOf(call, setting(call, 2, "shape", "size")) ?? call.fail("has no sizes");
  const ends = sizes.map((size, axis) => (size === -1 ? Number.MAX_SAFE_INTEGER : size + (starts[axis] ?? 0)));
  return b.op("Slice", [first(call), b.ints(starts), b.ints(ends), b.ints(range(0, starts.length))]);
}

/** Places along an axis; those below zero count from the end. */
function take(call: LayerCall): string {
  const { b } = call;
  const x = first(call);
  if (Number(setting(call, 4, "batch_dims") ?? 0) !== 0) call.refuse("batch_dims");
  const axis = oneAxis(call, x, 0, 2);
  const given = call.tensors(1, "indices")[0];
  if (given !== undefined) return b.op("Gather", [x, b.op("Cast", [given], { to: BigInt(DataType.INT64) })], { axis: BigInt(axis) });
  const value = setting(call, 1, "indices");
  const places = axesOf(call, value) ?? call.fail("has no places to take");
  const indices = b.constant(tensorFromNumbers(DataType.INT64, Array.isArray(value) ? [places.length] : [], places), "places");
  return b.op("Gather", [x, indices], { axis: BigInt(axis) });
}

export const arranging: readonly LayerKind[] = [
  single(["ops.Reshape", "tf.reshape"], "Reshape", reshapeTo),
  single(["ops.Transpose", "tf.transpose", "tf.compat.v1.transpose"], "Transpose", (call) => {
    const rank = call.b.rank(first(call));
    const axes = axesOf(call, setting(call, 1, "axes", "perm"))?.map((axis) => call.axis(axis, rank));
    return transpose(call.b, first(call), axes ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis));
  }),
  single(["ops.ExpandDims", "tf.expand_dims"], "Unsqueeze", (call) =>
    call.b.op("Unsqueeze", [first(call), call.b.ints(axesOf(call, setting(call, 1, "axis")) ?? [0])]),
  ),
  single(["ops.Squeeze", "tf.squeeze", "tf.compat.v1.squeeze"], "Squeeze", (call) => {
    const axes = axesOf(call, setting(call, 1, "axis"));
    return call.b.op("Squeeze", [first(call), ...(axes === null || axes.length === 0 ? [] : [call.b.ints(axes)])]);
  }),
  single(["ops.Concatenate", "tf.concat"], "Concat", (call) => join(call, false)),
  single(["ops.Stack", "tf.stack"], "Unsqueeze, Concat", (call) => join(call, true)),
  single(["ops.GetItem", "tf.__operators__.getitem"], "Slice, Squeeze, Unsqueeze", (call) =>
    getItem(call, setting(call, 1, "slice_spec", "key")),
  ),
  single(["ops.Append"], "Concat", (call) =>
    call.b.op("Concat", [first(call), call.tensors(1, "x2")[0] ?? call.fail("appends nothing")], {
      axis: BigInt(wholeNumber(call, null, 2, "axis")),
    }),
  ),
  single(["ops.Hstack"], "Concat", (call) => call.b.op("Concat", call.inputs, { axis: call.b.rank(first(call)) > 1 ? 1n : 0n })),
  single(["ops.Vstack"], "Concat", (call) => call.b.op("Concat", call.inputs, { axis: 0n })),
  single(["ops.Flip", "tf.reverse"], "Slice", flip),
  single(["ops.Roll", "tf.roll"], "Slice, Concat", roll),
  single(["ops.Tile", "tf.tile"], "Tile", tile),
  single(["ops.Repeat", "tf.repeat"], "Gather", repeat),
  single(["ops.Pad", "tf.pad", "tf.compat.v1.pad"], "Pad: constant, reflect, edge", pad),
  single(["ops.Split", "tf.split"], "Split", split),
  single(["ops.Unstack", "tf.unstack"], "Split, Squeeze", unstack),
  single(["ops.Swapaxes"], "Transpose", swapAxes),
  single(["ops.Moveaxis"], "Transpose", moveAxes),
  single(["ops.BroadcastTo", "tf.broadcast_to"], "Expand", broadcast),
  single(["ops.Slice", "tf.slice"], "Slice", slice),
  single(["ops.Take", "tf.gather", "tf.compat.v1.gather"], "Gather", take),
  single(["ops.Shape", "tf.shape", "tf.compat.v1.shape"], "Shape", (call) =>
    call.b.op("Cast", [call.b.op("Shape", [first(call)])], { to: BigInt(DataType.INT32) }),
  ),
  single(["ops.Tril", "ops.Triu"], "Trilu", (call) =>
    call.b.op("Trilu", [first(call), call.b.int(wholeNumber(call, 0, 1, "k"))], { upper: call.layer.className === "ops.Triu" ? 1n : 0n }),
  ),
];
