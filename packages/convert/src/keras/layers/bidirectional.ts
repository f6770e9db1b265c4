import { refusal } from "../../reasons.ts";
import type { LayerConfig } from "../graph/layer-config.ts";
import { LayerCall } from "./layer-call.ts";
import type { LayerKind } from "./layer-kind.ts";
import { maskOf, runLayer } from "./recurrent-layers.ts";
import { runConvLstm } from "./run-conv-lstm.ts";

const MERGES: Readonly<Record<string, readonly [operator: string, factor: number]>> = {
  sum: ["Add", 1],
  mul: ["Mul", 1],
  ave: ["Add", 0.5],
};
const CONVOLUTIONS = new Set(["ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"]);
const KNOWN = new Set(["LSTM", "GRU", "SimpleRNN", "RNN", "CuDNNLSTM", "CuDNNGRU", ...CONVOLUTIONS]);

/**
 * Bidirectional: a recurrent layer (ConvLSTM as well) forwards and one backwards, whose sequence is turned round again; joined by concat, sum, mul, ave, or not at all.
 * Masked steps of a sequence give 0. Initial states: those of the first layer, then those of the second.
 * Source: keras/src/layers/rnn/bidirectional.py
 */
export const bidirectional: LayerKind = {
  classes: ["Bidirectional"],
  about: "Two LSTM, GRU, RNN or ConvLSTM; Concat, Add or Mul",
  parts: (config, make) => {
    const forward = config.raw("layer");
    const layers = [make(forward), make(config.raw("backward_layer") ?? backwardsOf(forward))];
    return layers.map((layer, index) => ({
      name: index === 0 ? prefixed("forward", layer.name) : prefixed("backward", layer.name),
      attributes: [index === 0 ? "forward_layer" : "backward_layer"],
      layer,
    }));
  },
  refuse: ({ parts }) => {
    const unknown = parts.map((part) => part.layer.className).find((className) => !KNOWN.has(className));
    return unknown === undefined ? null : refusal("WRAPS_CLASS", { name: unknown });
  },
  convert: (call) => {
    const { config, layer } = call;
    const x = call.input();
    const mask = maskOf(call);
    const given = call.inputs.length > 1 ? call.inputs.slice(1) : call.tensors(1, "initial_state");
    const runs = layer.parts.map((part, index) => {
      const inner = new LayerCall(part.layer, call.context, call.args, call.kwargs);
      const half = given.length / 2;
      const runner = CONVOLUTIONS.has(part.layer.className) ? runConvLstm : runLayer;
      return runner(inner, x, { mask, initial: given.slice(index * half, (index + 1) * half), zeroWhereMasked: true });
    });
    const first = layer.parts[0]?.layer.config;
    const sequences = first?.bool("return_sequences", false) === true;
    const outputs = runs.map(({ sequence, last }) => (sequences ? sequence : last));
    const merged = mergeOutputs(call, config, outputs);
    const carried = mask ?? call.inputMask();
    if (sequences && carried !== null) for (const output of merged) call.context.masks.set(output, carried);
    return first?.bool("return_state", false) === true ? [...merged, ...runs.flatMap(({ states }) => states)] : merged;
  },
};

function mergeOutputs({ b }: LayerCall, config: LayerConfig, outputs: readonly string[]): string[] {
  const mode = config.raw("merge_mode");
  if (mode === null && Object.hasOwn(config.values, "merge_mode")) return [...outputs];
  const merge = MERGES[config.text("merge_mode", "concat")];
  if (merge === undefined) return [b.op("Concat", outputs, { axis: -1n })];
  const joined = b.op(merge[0], outputs);
  return [merge[1] === 1 ? joined : b.op("Mul", [joined, b.floats(merge[1])])];
}

function prefixed(prefix: string, name: string): string {
  return name.startsWith(`${prefix}_`) ? name : `${prefix}_${name}`;
}

/** Older files leave the second layer out: it is the first one turned round. */
function backwardsOf(forward: unknown): unknown {
  if (typeof forward !== "object" || forward === null) return forward;
  const { config, ...rest } = forward as { config?: Readonly<Record<string, unknown>> };
  const name = typeof config?.["name"] === "string" ? config["name"] : "";
  return {
    ...rest,
    config: { ...config, go_backwards: config?.["go_backwards"] !== true, name: `backward_${name}` },
  };
}
