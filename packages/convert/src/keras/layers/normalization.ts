import { elementCount, float32View, type Tensor } from "@flotilla/onnx";
import { float } from "../emit/permute.ts";
import type { LayerCall } from "./layer-call.ts";
import { kept, type LayerKind } from "./layer-kind.ts";

/**
 * Normalization: (x − mean) / max(√variance, 1e-7), or the inverse. Mean and variance are weights if they were adapted, settings if they were
 * given; they have the sizes of `axis`, one number without. Computed in double and rounded once.
 * Source: keras/src/layers/preprocessing/normalization.py
 */
export const normalization: LayerKind = {
  classes: ["Normalization"],
  about: "Sub and Div, or Mul and Add",
  slots: ({ config }) => (config.raw("mean") === null ? kept("mean", "variance", "count") : []),
  convert: (call) => {
    const { b, config } = call;
    const x = call.input();
    const [mean, variance] = [statistics(call, x, "mean"), statistics(call, x, "variance")];
    const deviation = float(
      variance.dims,
      float32View(variance).map((value) => Math.max(Math.sqrt(value), 1e-7)),
    );
    const [middle, width] = [b.constant(mean, "mean"), b.constant(deviation, "deviation")];
    if (config.bool("invert", false)) return b.op("Add", [b.op("Mul", [x, width]), middle]);
    return b.op("Div", [b.op("Sub", [x, middle]), width]);
  },
};

/** Mean or variance in a shape that broadcasts over `x`. */
function statistics(call: LayerCall, x: string, name: string): Tensor {
  const { b, config } = call;
  const rank = b.rank(x);
  const values = call.has(name) ? float32View(call.weight(name)) : Float32Array.from(config.numbers(name));
  const given = config.raw("axis");
  const axes = given === null && Object.hasOwn(config.values, "axis") ? [] : config.axes("axis", -1).map((axis) => call.axis(axis, rank));
  const dims = b.shape(x).map((dim, axis) => (axes.includes(axis) && typeof dim === "number" ? dim : 1));
  if (values.length === 1) return float([], Float32Array.from(values));
  if (elementCount(dims) !== values.length)
    call.fail(
      `has a ${name} of ${values.length} numbers for an input of [${b
        .shape(x)
        .map((dim) => dim ?? "?")
        .join(", ")}]`,
    );
  return float(dims.slice(1), Float32Array.from(values));
}
