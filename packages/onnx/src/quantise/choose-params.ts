import { OnnxError } from "../errors.ts";
import type { Graph } from "../graph/graph.ts";
import { activationParams } from "./activation-types.ts";
import type { Node } from "../graph/node.ts";
import { scalingFactor } from "./kernel-sets.ts";
import type { Ranges, ValueRange } from "./observers/range-rule.ts";
import type { Placement } from "./plan-placement.ts";
import type { QuantProfile } from "./profile.ts";
import type { QuantParams } from "./scale-maths.ts";

/**
 * Scale and zero point of every quantised value, before anything is changed.
 * @throws OnnxError INVALID_INPUT where a range is missing or no range, naming the value, its node and the opset
 */
export function chooseParams(
  graph: Graph,
  placement: Placement,
  ranges: Ranges,
  profile: QuantProfile,
  opset: number,
): Map<string, QuantParams> {
  const params = new Map<string, QuantParams>();
  for (const [value, sources] of placement.rangeOf) {
    const united = sources
      .map((source) => placement.bounded.get(source) ?? checkedRange(graph, ranges.get(source), source, opset))
      .reduce((left, right) => ({ min: Math.min(left.min, right.min), max: Math.max(left.max, right.max) }));
    params.set(value, activationParams(united, profile));
  }
  for (const node of placement.scaling) scaleParams(graph, placement, params, node);
  return params;
}

/** What y = x · k and the values that share its parameters are read with: the integers of x, their scale times k. */
function scaleParams(graph: Graph, { rangeOf }: Placement, params: Map<string, QuantParams>, node: Node): void {
  const [output = ""] = node.outputs;
  const given = params.get(node.inputs[0] ?? "");
  const factor = scalingFactor(graph, node);
  if (given === undefined || factor === null) return;
  const scaled = { scale: Math.fround(given.scale * factor), zeroPoint: given.zeroPoint };
  for (const [value, sources] of rangeOf) if (sources.includes(output)) params.set(value, scaled);
}

function checkedRange(graph: Graph, range: ValueRange | undefined, value: string, opset: number): ValueRange {
  const where = `${JSON.stringify(value)}${graph.producerOf(value) === null ? ", an input of the model" : `, which ${graph.producerOf(value)?.describe()} (opset ${opset}) writes`}`;
  if (range === undefined)
    throw new OnnxError(
      "INVALID_INPUT",
      `No range was observed for the value ${where}. Calibrate with the taps of this model and these options.`,
      { reason: { code: "NO_RANGE", params: { value } } },
    );
  if (!Number.isFinite(range.min) || !Number.isFinite(range.max) || range.min > range.max)
    throw new OnnxError(
      "INVALID_INPUT",
      `The range ${range.min} to ${range.max} of the value ${where} is none. Calibrate with samples that give finite numbers, or exclude the node.`,
      { reason: { code: "RANGE_NOT_FINITE", params: { value } } },
    );
  return range;
}
