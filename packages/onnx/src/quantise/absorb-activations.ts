import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { ACTIVATION_FORMATS } from "./activation-types.ts";
import { clipLimits, writesOnIntegers } from "./kernel-sets.ts";
import type { Placement } from "./plan-placement.ts";
import type { QuantProfile } from "./profile.ts";
import type { QuantParams } from "./scale-maths.ts";

/**
 * Conv → Relu becomes Conv: quantising to the Relu's output range saturates at the same places. Where it does not, because the range is symmetric or
 * shared with other values, onnxruntime gets a Clip on 8-bit integers; with 16 bits, and for TFLite, which fuses it, the activation stays. Returns the placement that
 * then holds, and completes `params`.
 */
export function absorbActivations(graph: Graph, placement: Placement, params: Map<string, QuantParams>, profile: QuantProfile): Placement {
  const kept: Node[] = [];
  const onIntegers = writesOnIntegers(profile);
  for (const [activation, producer] of placement.absorbed) {
    const output = activation.outputs[0] ?? "";
    const outputParams = params.get(output);
    if (outputParams !== undefined && saturates(graph, activation, outputParams, profile)) {
      graph.removeNode(activation);
      graph.setOutput(producer, 0, output);
      continue;
    }
    kept.push(activation);
    if (onIntegers && outputParams !== undefined) params.set(activation.inputs[0] ?? "", outputParams);
  }
  if (kept.length === 0) return placement;
  const reason = onIntegers ? "it is written on the integers" : "the layer in front of it fuses it";
  const labels = new Set(kept.map((node) => node.name || (node.outputs[0] ?? "")));
  return {
    ...placement,
    quantised: new Set([...placement.quantised, ...kept]),
    direct: new Set([...placement.direct, ...(onIntegers ? kept : [])]),
    absorbed: new Map([...placement.absorbed].filter(([activation]) => !kept.includes(activation))),
    decisions: placement.decisions.map((decision) =>
      decision.placement === "absorbed" && labels.has(decision.node) ? { ...decision, placement: "integer" as const, reason } : decision,
    ),
  };
}

/** Whether the ends of the quantised range lie within the limits, to half a step. */
function saturates(graph: Graph, activation: Node, { scale, zeroPoint }: QuantParams, profile: QuantProfile): boolean {
  const limits = clipLimits(graph, activation);
  const { integers } = ACTIVATION_FORMATS[profile.activations];
  const tolerance = scale * 0.501;
  return (
    limits !== null &&
    (integers.min - zeroPoint) * scale >= limits.low - tolerance &&
    (integers.max - zeroPoint) * scale <= limits.high + tolerance
  );
}
