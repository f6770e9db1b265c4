import type { ReleaseState } from "@flotilla/contracts";
import type { ReleaseListItem } from "@flotilla/contracts/views";
import type { Model, ModelVersion, Release } from "@flotilla/db";
import type { Actor, ServiceContext } from "../context.ts";
import { listRevertible, type RevertibleRollout } from "../releases/list-revertible.ts";
import { resolveNames } from "../views/resolve-names.ts";
import { toErrorView } from "../views/to-error-view.ts";

/** The releases of one version, newest first, with the number of devices that proved to run each. */
export async function listVersionReleases(
  ctx: ServiceContext,
  actor: Actor,
  version: ModelVersion & { model: Model },
): Promise<ReleaseListItem[]> {
  const releases = await ctx.db.prisma.release.findMany({
    where: { modelVersionId: version.id, organisationId: actor.organisationId },
    orderBy: { counter: "desc" },
  });
  if (releases.length === 0) return [];
  const variantIds = [...new Set(releases.flatMap((release) => release.variantIds))];
  const [variants, running, nameOf, revertible] = await Promise.all([
    ctx.db.prisma.variant.findMany({ where: { id: { in: variantIds } }, select: { id: true, name: true } }),
    ctx.db.query<{ releaseId: string; count: number }>(
      `SELECT "runningReleaseId" AS "releaseId", count(*) AS count FROM device_status
       WHERE "organisationId" = $1 AND "runningReleaseId" = ANY($2::uuid[]) GROUP BY 1`,
      [actor.organisationId, releases.map((release) => release.id)],
    ),
    resolveNames(
      ctx.db,
      releases.flatMap((release) => [release.createdBy, release.invalidatedBy ?? release.createdBy]),
    ),
    listRevertible(
      ctx,
      actor,
      releases.filter(({ state }) => state === "INVALIDATED").map(({ id }) => id),
    ),
  ]);
  const names = new Map(variants.map((variant) => [variant.id, variant.name]));
  const counts = new Map(running.map((row) => [row.releaseId, row.count]));
  return releases.map((release) => ({
    id: release.id,
    modelId: release.modelId,
    modelName: version.model.name,
    modelVersionId: release.modelVersionId,
    version: version.version,
    counter: release.counter,
    name: release.name,
    variantNames: release.variantIds.map((id) => names.get(id) ?? id),
    state: release.state as ReleaseState,
    error: toErrorView(release),
    sizeBytes: Number(release.sizeBytes),
    runsOn: counts.get(release.id) ?? 0,
    gatesPassed: release.gatesPassed,
    createdAt: release.createdAt,
    createdBy: nameOf(release.createdBy),
    invalidated: toInvalidation(release, nameOf, revertible),
  }));
}

function toInvalidation(
  release: Release,
  nameOf: (id: string) => string,
  revertible: readonly RevertibleRollout[],
): ReleaseListItem["invalidated"] {
  const { invalidatedAt, invalidatedBy, invalidReason } = release;
  if (release.state !== "INVALIDATED" || invalidatedAt === null) return null;
  const rollouts = revertible.filter(({ releaseId }) => releaseId === release.id).map(({ id, name }) => ({ id, name }));
  return { at: invalidatedAt, by: nameOf(invalidatedBy ?? ""), reason: invalidReason ?? "", rollouts };
}
