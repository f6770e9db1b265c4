import type { Inspection, ModelCard } from "@flotilla/contracts";
import type { ModelVersionView } from "@flotilla/contracts/views";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";
import { resolveNames } from "../views/resolve-names.ts";
import { listVersionReleases } from "./list-version-releases.ts";
import { readHistory } from "./read-history.ts";
import { recommendVariant } from "./recommend-variant.ts";
import { toConvertedFile } from "./to-converted-file.ts";
import { toVariantView } from "./to-variant-view.ts";

/** Everything that a version's page shows: card, variants with their measurements, what to ship, where it runs, history. Throws NOT_FOUND. */
export async function getModelVersion(ctx: ServiceContext, actor: Actor, input: { id: string }): Promise<ModelVersionView> {
  const version = await ctx.db.prisma.modelVersion.findFirst({
    where: { id: input.id, organisationId: actor.organisationId },
    include: { model: true, variants: { orderBy: [{ isSource: "desc" }, { createdAt: "asc" }] } },
  });
  if (version === null) throw notFound("model version");
  const [releases, history, nameOf] = await Promise.all([
    listVersionReleases(ctx, actor, version),
    readHistory(ctx, version),
    resolveNames(ctx.db, [version.createdBy]),
  ]);
  const variants = version.variants.map(toVariantView);
  return {
    id: version.id,
    modelId: version.modelId,
    modelName: version.model.name,
    version: version.version,
    fileName: version.fileName,
    sha256: version.sha256,
    inspection: version.inspection as Inspection,
    converted: toConvertedFile(version),
    card: version.card as ModelCard,
    createdAt: version.createdAt,
    createdBy: nameOf(version.createdBy),
    variants,
    recommendation: recommendVariant(variants),
    releases,
    runsOn: releases
      .filter((release) => release.runsOn > 0)
      .map((release) => ({ releaseId: release.id, releaseName: release.name, deviceCount: release.runsOn })),
    history,
  };
}
