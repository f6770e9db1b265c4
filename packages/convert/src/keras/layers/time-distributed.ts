import type { Dim, GraphBuilder } from "@flotilla/onnx";
import type { LayerKind } from "./layer-kind.ts";

/** Layers that work along the last axis only: they need no reshaping. Others count their axes within a step. */
const LAST_AXIS = new Set(["Dense", "Activation", "Dropout"]);

/**
 * TimeDistributed: a layer on each step alone. Steps and batch are one axis while it works: [n, t, …] → [n · t, …] → [n, t, …].
 * Source: keras/src/layers/rnn/time_distributed.py
 */
export const timeDistributed: LayerKind = {
  classes: ["TimeDistributed"],
  about: "Reshape around the layer's own operators",
  parts: (config, make) => {
    const layer = make(config.raw("layer"));
    return [{ name: layer.name, attributes: ["layer"], layer }];
  },
  passesMask: true,
  convert: (call) => {
    const { b, context, layer } = call;
    const inner = layer.parts[0]?.layer ?? call.fail("wraps nothing");
    const x = call.rawInput();
    const [batch = null, steps = null, ...rest] = b.shape(x);
    const run = (value: string): string => context.convert(inner, [{ kind: "tensor", value }], new Map())[0] ?? "";
    if (LAST_AXIS.has(inner.className)) return run(x);
    const both = typeof batch === "number" && typeof steps === "number" ? batch * steps : null;
    const merged = b.op("Reshape", [x, mergedShape(call.b, x, both, rest)]);
    b.graph.types.set(merged, { elemType: b.type(x).elemType, shape: [both ?? `${String(batch)}_steps`, ...rest] });
    const y = run(merged);
    const after = b.shape(y).slice(1);
    return split(call.b, x, y, [batch, steps, ...after]);
  },
};

function mergedShape(b: GraphBuilder, x: string, both: number | null, rest: readonly Dim[]): string {
  if (rest.every((dim) => typeof dim === "number")) return b.ints([both ?? -1, ...rest]);
  const tail = b.op("Slice", [b.op("Shape", [x]), b.ints([2]), b.ints([Number.MAX_SAFE_INTEGER])]);
  return b.op("Concat", [b.ints([-1]), tail], { axis: 0n });
}

/** The batch is what the other sizes leave, where they are known. */
function split(b: GraphBuilder, x: string, y: string, target: readonly Dim[]): string {
  const [, steps, ...after] = target;
  const known = typeof steps === "number" && after.every((dim) => typeof dim === "number");
  const head = b.op("Slice", [b.op("Shape", [x]), b.ints([0]), b.ints([2])]);
  const tail = (): string => b.op("Slice", [b.op("Shape", [y]), b.ints([1]), b.ints([Number.MAX_SAFE_INTEGER])]);
  const shape = known ? b.ints([-1, steps, ...after.map(Number)]) : b.op("Concat", [head, tail()], { axis: 0n });
  const result = b.op("Reshape", [y, shape]);
  b.graph.types.set(result, { elemType: b.type(y).elemType, shape: target });
  return result;
}
