import { ACTIVATION_BINS, ACTIVATION_TENSORS, type ActivationHistogram, type Activations } from "@flotilla/contracts";
import type { Graph, Node, OnnxModel } from "@flotilla/onnx";
import { compactHistogram, RangeObserver, type Ranges, type ValueRange } from "@flotilla/onnx/optimise";
import type { HandlerContext } from "../sandbox/protocol.ts";
import { calibrate, type Calibration } from "./calibrate.ts";

export interface SeenActivations {
  /** The float model that was calibrated. */
  readonly model: OnnxModel;
  /** The values whose ranges the variant uses. */
  readonly taps: readonly string[];
  /** With histograms. */
  readonly observed: RangeObserver;
  readonly ranges: Ranges;
  readonly observer: string;
  readonly sampleCount: number;
}

/** Histograms of so many samples show a distribution; for observers that need none, the feature maps of more need not come out of the runtime. */
const HISTOGRAM_SAMPLES = 32;

/** Runs some of the calibration samples again for histograms to look at. */
export async function observeHistograms(
  calibrated: Pick<Calibration, "model" | "taps" | "data">,
  most: number,
  context: HandlerContext,
): Promise<Pick<SeenActivations, "observed" | "sampleCount">> {
  const observed = new RangeObserver();
  const { sampleCount } = await calibrate({ ...calibrated, observer: observed, sampleCount: Math.min(most, HISTOGRAM_SAMPLES) }, context);
  return { observed, sampleCount };
}

/** What calibration saw in each tensor, small enough to keep, with the range that the observer chose. */
export function describeActivations(seen: SeenActivations): Activations {
  const order = new Map(seen.model.graph.nodes.map((node, index) => [node, index]));
  const placeOf = (tap: string): number => {
    const producer = seen.model.graph.producerOf(tap);
    return producer === null ? -1 : (order.get(producer) ?? -1);
  };
  const full = seen.observed.ranges();
  const tensors = seen.taps
    .toSorted((left, right) => placeOf(left) - placeOf(right))
    .flatMap((tap) => describeTap(seen, tap, full.get(tap)) ?? []);
  return {
    observer: seen.observer,
    sampleCount: seen.sampleCount,
    tensors: tensors.slice(0, ACTIVATION_TENSORS),
    omitted: Math.max(0, tensors.length - ACTIVATION_TENSORS),
  };
}

function describeTap({ model, observed, ranges }: SeenActivations, tap: string, full: ValueRange | undefined): ActivationHistogram | null {
  const histogram = observed.histogramOf(tap);
  const chosen = ranges.get(tap);
  // A tap that is no float was not observed.
  if (histogram === null || chosen === undefined || full === undefined) return null;
  const producer = model.graph.producerOf(tap);
  const { counts, ...shape } = compactHistogram(histogram, ACTIVATION_BINS, { seen: full, range: chosen });
  return {
    tensor: tap,
    nodes: producer === null ? [] : writers(model.graph, producer),
    operator: producer?.opType ?? null,
    observed: { min: full.min, max: full.max },
    chosen: { min: chosen.min, max: chosen.max },
    ...shape,
    counts: [...counts],
  };
}

const ABSORBED = ["Relu", "Clip"];

/** The node that writes a tensor, and the one in front of an activation that the quantiser absorbs: it is what a variant's graph still has. */
function writers(graph: Graph, producer: Node): string[] {
  const input = producer.inputs[0] ?? "";
  const before = producer.is(...ABSORBED) && graph.consumerCount(input) === 1 ? graph.producerOf(input) : null;
  return [producer, ...(before === null ? [] : [before])].map(({ name }) => name).filter((name) => name !== "");
}
