import { OnnxError } from "../errors.ts";
import { DataType } from "../graph/data-types.ts";
import { intAttribute } from "../graph/node.ts";
import type { OnnxModel } from "../graph/model.ts";
import { writeModel } from "../graph/write-model.ts";
import { cloneModel } from "./layers.ts";
import { type Batches, floats, type OpenModel, runBatches } from "./run-model.ts";

/** The outputs in which a value's smallest and largest element stand, and the sum of all, which is finite only where each element is. */
export interface RangeTap {
  readonly value: string;
  readonly min: string;
  readonly max: string;
  readonly sum: string;
}

const REDUCTIONS = [
  ["ReduceMin", "min"],
  ["ReduceMax", "max"],
  ["ReduceSum", "sum"],
] as const;

/**
 * The model as a file whose outputs are the ends and the sum of each value, found inside the runtime: three numbers a value come out instead of its feature maps.
 * A runtime's ReduceMin passes over most NaNs; its sum does not. Outputs to `keep` come out as well: states that the next
 * step is fed with. `model` itself stays as it is.
 */
export function addRangeTaps(
  model: OnnxModel,
  values: readonly string[],
  keep: readonly string[] = [],
): { bytes: Uint8Array; taps: readonly RangeTap[] } {
  const copy = cloneModel(model);
  const { graph } = copy;
  const taps = values.map((value) => ({ value, min: graph.freshName("r"), max: graph.freshName("r"), sum: graph.freshName("r") }));
  for (const tap of taps) {
    // Without axes they reduce all of them, in every opset.
    for (const [opType, output] of REDUCTIONS) {
      graph.addNode({ opType, inputs: [tap.value], outputs: [tap[output]], attributes: { keepdims: intAttribute(0) } });
      graph.types.set(tap[output], { elemType: DataType.FLOAT, shape: [] });
    }
  }
  graph.sortTopologically();
  graph.outputs.splice(0, graph.outputs.length, ...keep, ...taps.flatMap(({ min, max, sum }) => [min, max, sum]));
  return { bytes: writeModel(copy), taps };
}

/**
 * The smallest and largest element of each value over all batches. On MobileNetV2 with 100 pictures a tenth of the CPU time of looking at the feature maps outside. For
 * min-max ranges only; other observers need to see every element.
 * @throws OnnxError INVALID_INPUT where a value is not finite
 */
export async function measureRanges(
  model: OnnxModel,
  values: readonly string[],
  run: { readonly open: OpenModel; readonly batches: Batches; readonly signal?: AbortSignal },
): Promise<ReadonlyMap<string, { readonly min: number; readonly max: number }>> {
  if (values.length === 0) return new Map();
  const { bytes, taps } = addRangeTaps(model, values);
  const ranges = new Map<string, { min: number; max: number }>();
  await runBatches(
    run.open,
    bytes,
    run.batches,
    (outputs) => {
      for (const { value, min, max, sum } of taps) {
        const [low, high, total] = [min, max, sum].map((name) => floats(outputs, name)?.[0]);
        if (low === undefined || high === undefined) continue;
        if (!Number.isFinite(low) || !Number.isFinite(high) || !Number.isFinite(total))
          throw new OnnxError(
            "INVALID_INPUT",
            `The value ${JSON.stringify(value)} is not finite on a calibration sample. Leave that sample out, or mend the model.`,
            { reason: { code: "RANGE_NOT_FINITE", params: { value: value } } },
          );
        const known = ranges.get(value);
        ranges.set(value, { min: Math.min(low, known?.min ?? low), max: Math.max(high, known?.max ?? high) });
      }
    },
    run.signal === undefined ? {} : { signal: run.signal },
  );
  if (ranges.size === 0)
    throw new OnnxError("INVALID_INPUT", "No calibration sample was run, so no value range is known. Give at least one sample.", {
      reason: { code: "NO_SAMPLES", params: {} },
    });
  return ranges;
}
