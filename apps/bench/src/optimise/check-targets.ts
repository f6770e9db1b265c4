import { failedGates, INTEGER_SHARE } from "./judge-row.ts";
import { SEARCHED } from "./make-variants.ts";
import { megabytes, percent, table, thousands } from "./markdown.ts";
import type { Measured, Row } from "./measure-case.ts";
import type { LargeModel } from "./measure-large.ts";
import type { Pair } from "./print-cost.ts";

interface Target {
  readonly what: string;
  readonly measured: string;
  readonly holds: boolean;
}

const WANTED: Readonly<Record<string, { accuracy: number; bytes: number }>> = {
  mnist_cnn_bn: { accuracy: 0.9925, bytes: Number.POSITIVE_INFINITY },
  mini_mobilenet_w2: { accuracy: 0.9897, bytes: 60_000 },
};
/** Seconds and memory against the peer's, by what is made. */
const SHARES: Readonly<Record<string, { time: number; maxBytes: number | null }>> = {
  "static int8": { time: 1, maxBytes: null },
  "static int8, percentile ranges": { time: 1 / 3, maxBytes: 400e6 },
  "static int8, entropy ranges": { time: 1 / 3, maxBytes: 400e6 },
};
const SEARCH_SECONDS = 30;

/** What the optimiser promises, and whether this run kept it. */
export function targetsTable(measured: readonly Measured[], pairs: readonly Pair[], large: LargeModel | null): string {
  const targets = [
    ...measured.flatMap(accuracyTargets),
    ...pairs.flatMap(costTargets),
    ...(large === null ? [] : [largeTarget(large)]),
    integerTarget(measured),
    lossTarget(measured),
  ];
  return table(
    ["target", "measured", ""],
    targets.map(({ what, measured: value, holds }) => [what, value, holds ? "holds" : "**missed**"]),
  );
}

function accuracyTargets({ model, rows }: Measured): Target[] {
  const wanted = WANTED[model.name];
  if (wanted !== undefined) return [smallTarget(model.name, rows, wanted)];
  const { search } = model;
  const found = rows.find(({ variant }) => variant.tool === SEARCHED);
  if (search === null || found === undefined) return [];
  const { minScore = 0, maxBytes = 0, minSpeedup = 0 } = search.goal;
  return [
    {
      what: `${model.name}: agreement ≥ ${100 * (minScore ?? 0)} % in ≤ ${(maxBytes ?? 0) / 1e6} MB at ≥ ${minSpeedup} × fp32's speed`,
      measured: `${percent(found.score)} %, ${thousands(found.bytes)} bytes, ${found.speed.toFixed(2)} ×`,
      holds: found.score >= (minScore ?? 0) && found.bytes <= (maxBytes ?? 0) && found.speed >= (minSpeedup ?? 0),
    },
  ];
}

/** Of our variants that are small enough the one that is best on the worse of the two processors. */
function smallTarget(name: string, rows: readonly Row[], { accuracy, bytes }: { accuracy: number; bytes: number }): Target {
  const both = rows.some(({ elsewhere }) => elsewhere !== null);
  const worse = ({ score, elsewhere }: Row): number => Math.min(score, elsewhere ?? 1);
  const offered = rows.filter((row) => row.variant.ours && row.bytes <= bytes && (!both || row.elsewhere !== null));
  const [best] = offered.toSorted((a, b) => worse(b) - worse(a));
  const size = Number.isFinite(bytes) ? ` in ≤ ${thousands(bytes)} bytes` : "";
  const elsewhere = best?.elsewhere === null || best === undefined ? "not run without VNNI" : `${percent(best.elsewhere)} % without VNNI`;
  return {
    what: `${name}: accuracy ≥ ${percent(accuracy)} %${size}, with VNNI and without`,
    measured:
      best === undefined ? "none" : `${percent(best.score)} % here, ${elsewhere}, ${thousands(best.bytes)} bytes (${best.variant.tool})`,
    holds: best !== undefined && worse(best) >= accuracy,
  };
}

function costTargets({ what, ours, theirs }: Pair): Target[] {
  const share = SHARES[what];
  if (share === undefined)
    return [{ what: `${what} in ≤ ${SEARCH_SECONDS} s`, measured: `${ours.insideS.toFixed(1)} s`, holds: ours.insideS <= SEARCH_SECONDS }];
  const maxBytes = share.maxBytes ?? theirs.peakBytes ?? 0;
  return [
    {
      what: `${what}: ≤ ${share.time === 1 ? "1" : "⅓"} of the peer's seconds, ≤ ${megabytes(maxBytes)} MB`,
      measured: `${(ours.insideS / theirs.insideS).toFixed(2)}, ${megabytes(ours.peakBytes)} MB`,
      holds: ours.insideS <= share.time * theirs.insideS && (ours.peakBytes ?? Number.POSITIVE_INFINITY) <= maxBytes,
    },
  ];
}

function largeTarget({ bytes, ours }: LargeModel): Target {
  const times = (ours.peakBytes ?? Number.NaN) / bytes;
  return {
    what: `dynamic int8 of ${megabytes(bytes)} MB within 3 × its size of memory`,
    measured: `${times.toFixed(2)} ×`,
    holds: times <= 3,
  };
}

function integerTarget(measured: readonly Measured[]): Target {
  const shares = measured.flatMap(({ rows }) =>
    rows.flatMap(({ variant, placement }) =>
      variant.ours && placement !== null ? [placement.integerNodes / placement.quantisedNodes] : [],
    ),
  );
  const least = Math.min(...shares);
  return {
    what: `≥ ${100 * INTEGER_SHARE} % of our quantised nodes run as integer kernels`,
    measured: `${percent(least)} % at least`,
    holds: least >= INTEGER_SHARE,
  };
}

/** A loss beyond the limit is no surprise where its gate fails: this counts those that no gate caught. */
function lossTarget(measured: readonly Measured[]): Target {
  const uncaught = measured.flatMap((all) =>
    all.rows.filter((row) => {
      const lost = 100 * (all.sourceScore - row.score) > all.model.maxLoss;
      return row.variant.ours && lost && failedGates(all, row).length === 0;
    }),
  );
  return {
    what: "never more than 1 point lost (2 on mobile nets) without a failed gate",
    measured: uncaught.length === 0 ? "none" : uncaught.map(({ variant }) => variant.tool).join(", "),
    holds: uncaught.length === 0,
  };
}
