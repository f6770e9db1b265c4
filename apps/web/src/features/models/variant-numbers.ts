import type { VariantView } from "@flotilla/contracts/views";
import type { ParetoPoint } from "@flotilla/ui/charts";

/** What the tables and the plot show of a variant; null where it was not measured. The source is measured in every variant's report, beside it. */
export interface VariantNumbers {
  variant: VariantView;
  sizeBytes: number;
  compressedBytes: number | null;
  latencyP50Ms: number | null;
  latencyP95Ms: number | null;
  peakMemoryBytes: number | null;
  accuracy: number | null;
  agreement: number | null;
  /** null: no gates were asked for, or not yet measured. */
  gatesPassed: boolean | null;
}

/** The numbers of every variant; the source's own out of its report, or out of the first report that was measured against it. */
export function numbersOf(variants: readonly VariantView[]): VariantNumbers[] {
  const measured = variants.find((variant) => !variant.isSource && variant.report !== null)?.report ?? null;
  return variants.map((variant) => {
    const { report } = variant;
    if (variant.isSource && report === null && measured !== null) {
      return {
        variant,
        sizeBytes: variant.sizeBytes,
        compressedBytes: null,
        latencyP50Ms: measured.latency.source.p50Ms,
        latencyP95Ms: measured.latency.source.p95Ms,
        peakMemoryBytes: measured.peakMemoryBytes.source,
        accuracy: measured.accuracy?.source ?? null,
        agreement: measured.agreement === null ? null : 1,
        gatesPassed: null,
      };
    }
    return {
      variant,
      sizeBytes: variant.sizeBytes,
      compressedBytes: report?.sizeBytes.variantCompressed ?? null,
      latencyP50Ms: report?.latency.variant.p50Ms ?? null,
      latencyP95Ms: report?.latency.variant.p95Ms ?? null,
      peakMemoryBytes: report?.peakMemoryBytes.variant ?? null,
      accuracy: report?.accuracy?.variant ?? null,
      agreement: report?.agreement ?? null,
      gatesPassed: variant.gates.length === 0 ? null : variant.gates.every((gate) => gate.verdict !== "fail"),
    };
  });
}

/** The points of the plot: only what has a latency. */
export function pointsOf(numbers: readonly VariantNumbers[], recommendedId: string | null): ParetoPoint[] {
  return numbers.flatMap(({ variant, sizeBytes, latencyP50Ms, agreement }) =>
    latencyP50Ms === null
      ? []
      : [{ id: variant.id, label: variant.name, sizeBytes, latencyMs: latencyP50Ms, agreement, recommended: variant.id === recommendedId }],
  );
}

export const NUMBERS_HEADER = [
  "name",
  "format",
  "sha256",
  "sizeBytes",
  "compressedBytes",
  "latencyP50Ms",
  "latencyP95Ms",
  "peakMemoryBytes",
  "accuracy",
  "agreement",
  "gatesPassed",
];

/** The table as lines of a file. */
export function numberRows(numbers: readonly VariantNumbers[]): (string | number | boolean | null)[][] {
  return numbers.map((item) => [
    item.variant.name,
    item.variant.format,
    item.variant.sha256,
    item.sizeBytes,
    item.compressedBytes,
    item.latencyP50Ms,
    item.latencyP95Ms,
    item.peakMemoryBytes,
    item.accuracy,
    item.agreement,
    item.gatesPassed,
  ]);
}
