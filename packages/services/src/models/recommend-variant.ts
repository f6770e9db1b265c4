import type { ModelVersionView, VariantView } from "@flotilla/contracts/views";

type Recommendation = NonNullable<ModelVersionView["recommendation"]>;

/**
 * The variant to ship: the smallest whose gates all hold and that is not slower (p50) than the original, else the smallest whose gates all hold; of
 * those within a twentieth of its size the faster. The original is always within its own gates, so it is what remains when nothing smaller is. null
 * before anything was measured. TFLite variants are not recommended: they are for devices outside the fleet, whose agent loads ONNX and ORT files, and were
 * timed by another runtime than the original.
 *
 * `params`, by kind:
 * - smallest-within-gates: `variantName`, `sizeBytes`, `sourceSizeBytes`, `smallerPercent`, and where measured `agreementPercent`, `accuracyDropPoints`, `latencyPercent` (of the original's p50);
 * - only-source: `variantName`, `sizeBytes`: there is no other variant, or every one within the gates is larger;
 * - none-within-gates: `variantName` (the original), `measuredCount`.
 */
export function recommendVariant(variants: readonly VariantView[]): Recommendation | null {
  const source = variants.find((variant) => variant.isSource);
  if (source === undefined || variants.every((variant) => variant.report === null)) return null;
  const measured = variants.filter((variant) => !variant.isSource && variant.report !== null && variant.format !== "tflite");
  const passed = measured.filter((variant) => variant.report?.passed === true);
  if (measured.length > 0 && passed.length === 0) {
    return { variantId: source.id, kind: "none-within-gates", params: { variantName: source.name, measuredCount: measured.length } };
  }
  const best = choose(passed.filter((variant) => variant.sizeBytes < source.sizeBytes));
  if (best === undefined)
    return { variantId: source.id, kind: "only-source", params: { variantName: source.name, sizeBytes: source.sizeBytes } };
  return { variantId: best.id, kind: "smallest-within-gates", params: describe(best, source) };
}

/** Two kilobytes are no reason to take twice the time… */
const AS_SMALL = 1.05;
/** …and a tenth of the time is within what a busy machine measures. */
const SLOWER = 1.1;

function choose(variants: readonly VariantView[]): VariantView | undefined {
  const fast = variants.filter((variant) => !isSlower(variant));
  const offered = (fast.length > 0 ? fast : variants).toSorted((a, b) => a.sizeBytes - b.sizeBytes || latencyOf(a) - latencyOf(b));
  const small = offered.filter(({ sizeBytes }) => sizeBytes <= AS_SMALL * (offered[0]?.sizeBytes ?? 0));
  const fastest = Math.min(...small.map(latencyOf));
  return small.find((variant) => latencyOf(variant) <= SLOWER * fastest);
}

function isSlower({ report }: VariantView): boolean {
  return report !== null && report.latency.variant.p50Ms > SLOWER * report.latency.source.p50Ms;
}

function latencyOf(variant: VariantView): number {
  return variant.report?.latency.variant.p50Ms ?? Number.POSITIVE_INFINITY;
}

function describe(variant: VariantView, source: VariantView): Record<string, string | number> {
  const { report } = variant;
  const params: Record<string, string | number> = {
    variantName: variant.name,
    sizeBytes: variant.sizeBytes,
    sourceSizeBytes: source.sizeBytes,
    smallerPercent: round((1 - variant.sizeBytes / source.sizeBytes) * 100),
  };
  if (report === null) return params;
  if (report.agreement !== null) params["agreementPercent"] = round(report.agreement * 100, 2);
  if (report.accuracy !== null) params["accuracyDropPoints"] = round((report.accuracy.source - report.accuracy.variant) * 100, 2);
  if (report.latency.source.p50Ms > 0) params["latencyPercent"] = round((report.latency.variant.p50Ms / report.latency.source.p50Ms) * 100);
  return params;
}

function round(value: number, digits = 0): number {
  return Number(value.toFixed(digits));
}
