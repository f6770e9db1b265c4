import type { DeviceGates, Inspection, ModelCard, ValidationReport } from "@flotilla/contracts";
import type { DataSet, Model, ModelVersion, Release, Variant } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";

/** A release that is to be built, with everything that goes into its manifest. */
export interface ReleaseToBuild {
  row: Release;
  model: Model;
  version: ModelVersion;
  inspection: Inspection;
  card: ModelCard;
  gates: DeviceGates;
  /** In the order of the release's `variantIds`. */
  variants: (Variant & { measured: ValidationReport | null })[];
  golden: DataSet | null;
}

/** null when there is nothing to build: it is built, was withdrawn, or no longer exists. */
export async function loadRelease(
  ctx: ServiceContext,
  input: { organisationId: string; releaseId: string },
): Promise<ReleaseToBuild | null> {
  const { organisationId, releaseId: id } = input;
  const found = await ctx.db.prisma.release.findFirst({
    where: { id, organisationId, state: "BUILDING" },
    include: { modelVersion: { include: { model: true } } },
  });
  if (found === null) return null;
  const { modelVersion, ...row } = found;
  const { model, ...version } = modelVersion;
  const rows = await ctx.db.prisma.variant.findMany({ where: { organisationId, id: { in: row.variantIds } } });
  const byId = new Map(rows.map((variant) => [variant.id, variant]));
  const variants = row.variantIds.map((variantId) => byId.get(variantId)).filter((variant) => variant !== undefined);
  const golden =
    row.goldenDataSetId === null ? null : await ctx.db.prisma.dataSet.findFirst({ where: { organisationId, id: row.goldenDataSetId } });
  return {
    row,
    model,
    version,
    inspection: version.inspection as Inspection,
    card: version.card as ModelCard,
    gates: row.gates as DeviceGates,
    variants: variants.map((variant) => ({ ...variant, measured: variant.report as ValidationReport | null })),
    golden,
  };
}
