import { DataType } from "@flotilla/onnx";
import { type LayerCall, toFloat } from "../layer-call.ts";
import type { LayerKind } from "../layer-kind.ts";
import { axesOf, first, kinds, oneAxis, setting, single, wholeNumber, word } from "./arguments.ts";

/** Reductions along some axes, all by default. Source: keras/src/ops/{numpy,math,linalg}.py; tensorflow/python/ops/math_ops.py */
const REDUCE: Readonly<Record<string, readonly string[]>> = {
  ReduceMean: ["ops.Mean", "tf.math.reduce_mean"],
  ReduceSum: ["ops.Sum", "tf.math.reduce_sum"],
  ReduceMax: ["ops.Max", "ops.Amax", "tf.math.reduce_max"],
  ReduceMin: ["ops.Min", "ops.Amin", "tf.math.reduce_min"],
  ReduceProd: ["ops.Prod", "tf.math.reduce_prod"],
  ReduceLogSumExp: ["ops.Logsumexp", "tf.math.reduce_logsumexp"],
};

function allAxes(call: LayerCall, x: string): number[] {
  return axesOf(call, setting(call, 1, "axis")) ?? call.b.shape(x).map((_, axis) => axis);
}

function keeps(call: LayerCall): bigint {
  return setting(call, 2, "keepdims") === true ? 1n : 0n;
}

function reduce(call: LayerCall, operator: string): string {
  const { b } = call;
  const x = first(call);
  const axes = allAxes(call, x);
  const keepdims = keeps(call);
  return operator === "ReduceSum"
    ? b.op(operator, [x, b.ints(axes)], { keepdims })
    : b.op(operator, [x], { axes: axes.map(BigInt), keepdims });
}

/** Whether any or all along an axis are true, through numbers: ONNX has no reduction of booleans. */
function someOrAll(call: LayerCall, operator: "ReduceMax" | "ReduceMin"): string {
  const { b } = call;
  const x = first(call);
  const axes = allAxes(call, x);
  const numbers = toFloat(b, b.op("Cast", [x], { to: BigInt(DataType.BOOL) }));
  const keepdims = keeps(call);
  return b.op("Cast", [b.op(operator, [numbers], { axes: axes.map(BigInt), keepdims })], { to: BigInt(DataType.BOOL) });
}

/** Mean of the squared distances from the mean; its root for a deviation. */
function variance(call: LayerCall, root: boolean): string {
  const { b } = call;
  const x = toFloat(b, first(call));
  const axes = allAxes(call, x).map(BigInt);
  const away = b.op("Sub", [x, b.op("ReduceMean", [x], { axes, keepdims: 1n })]);
  const spread = b.op("ReduceMean", [b.op("Mul", [away, away])], { axes, keepdims: keeps(call) });
  return root ? b.op("Sqrt", [spread]) : spread;
}

const NORMS: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [undefined, "ReduceL2"],
  ["euclidean", "ReduceL2"],
  [2, "ReduceL2"],
  [1, "ReduceL1"],
]);

function norm(call: LayerCall): string {
  const order = setting(call, 1, "ord") ?? undefined;
  const operator = NORMS.get(order) ?? call.refuse(`ord=${JSON.stringify(order)}`);
  const x = toFloat(call.b, first(call));
  const axes = axesOf(call, setting(call, 2, "axis")) ?? call.b.shape(x).map((_, axis) => axis);
  return call.b.op(operator, [x], { axes: axes.map(BigInt), keepdims: setting(call, 3, "keepdims") === true ? 1n : 0n });
}

/** x over its norm along one axis, which is at least `least`; the norm is that of order 2. */
function normalise(call: LayerCall, least: number): string {
  const { b } = call;
  const x = toFloat(b, first(call));
  if ((setting(call, -1, "order") ?? 2) !== 2) call.refuse("order other than 2");
  const axes = (axesOf(call, setting(call, 1, "axis")) ?? b.shape(x).map((_, axis) => axis)).map(BigInt);
  const length = b.op("ReduceL2", [x], { axes, keepdims: 1n });
  return b.op("Div", [x, b.op("Max", [length, b.floats(least)])]);
}

/** Places of the largest or smallest, the first of equals: int32 in Keras 3, int64 in TensorFlow. */
function place(call: LayerCall, operator: "ArgMax" | "ArgMin"): string {
  const { b, layer } = call;
  const x = first(call);
  if (setting(call, 1, "axis") === null) call.refuse("axis=None");
  const found = b.op(operator, [x], { axis: BigInt(oneAxis(call, x, 0)), keepdims: keeps(call) });
  return layer.className.startsWith("ops.") ? b.op("Cast", [found], { to: BigInt(DataType.INT32) }) : found;
}

function largest(call: LayerCall): string[] {
  const { b } = call;
  const x = first(call);
  const [values = "", places = ""] = b.nodeOf("TopK", [x, b.ints([wholeNumber(call, 1, 1, "k")])], 2, { axis: -1n });
  return [values, b.op("Cast", [places], { to: BigInt(DataType.INT32) })];
}

function sorted(call: LayerCall): string {
  const { b } = call;
  const x = first(call);
  const axis = oneAxis(call, x, -1);
  const falling = word(call, "ascending", 2, "direction") === "descending";
  const [values = ""] = b.nodeOf("TopK", [x, b.ints([call.size(x, axis)])], 2, { axis: BigInt(axis), largest: falling ? 1n : 0n });
  return values;
}

export const reductions: readonly LayerKind[] = [
  ...kinds(REDUCE, reduce),
  single(["ops.Any", "tf.math.reduce_any"], "ReduceMax", (call) => someOrAll(call, "ReduceMax")),
  single(["ops.All", "tf.math.reduce_all"], "ReduceMin", (call) => someOrAll(call, "ReduceMin")),
  single(["ops.Var", "tf.math.reduce_variance"], "ReduceMean, Sub, Mul", (call) => variance(call, false)),
  single(["ops.Std", "tf.math.reduce_std"], "ReduceMean, Sub, Mul, Sqrt", (call) => variance(call, true)),
  single(["ops.Norm", "tf.norm", "tf.compat.v1.norm"], "ReduceL1, ReduceL2", norm),
  single(["ops.Normalize"], "ReduceL2, Max, Div", (call) => normalise(call, Number(setting(call, -1, "epsilon") ?? 1e-7))),
  single(["tf.math.l2_normalize"], "ReduceL2, Max, Div", (call) =>
    normalise(call, Math.sqrt(Number(setting(call, 2, "epsilon") ?? 1e-12))),
  ),
  single(["ops.Argmax", "tf.math.argmax", "tf.argmax"], "ArgMax", (call) => place(call, "ArgMax")),
  single(["ops.Argmin", "tf.math.argmin", "tf.argmin"], "ArgMin", (call) => place(call, "ArgMin")),
  single(["ops.TopK", "tf.math.top_k"], "TopK", largest),
  single(["ops.Sort", "tf.sort"], "TopK", sorted),
  single(["ops.Cumsum", "tf.math.cumsum"], "CumSum", (call) => {
    const exclusive = setting(call, -1, "exclusive") === true ? 1n : 0n;
    const reverse = setting(call, -1, "reverse") === true ? 1n : 0n;
    return call.b.op("CumSum", [first(call), call.b.int(oneAxis(call, first(call), 0))], { exclusive, reverse });
  }),
];
