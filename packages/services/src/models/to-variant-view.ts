import type { FileTensors, Recipe, Statement, ValidationReport, VariantFormat } from "@flotilla/contracts";
import type { VariantView } from "@flotilla/contracts/views";
import type { Variant } from "@flotilla/db";

export function toVariantView(variant: Variant): VariantView {
  const report = variant.report as ValidationReport | null;
  return {
    id: variant.id,
    name: variant.name,
    recipe: variant.recipe as Recipe,
    format: variant.format as VariantFormat,
    tensors: variant.tensors as FileTensors | null,
    sha256: variant.sha256,
    sizeBytes: Number(variant.sizeBytes),
    isSource: variant.isSource,
    jobId: variant.jobId,
    report,
    warnings: variant.warnings as Statement[],
    gates: report?.gates ?? [],
    createdAt: variant.createdAt,
  };
}
