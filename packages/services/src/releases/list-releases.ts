import type { ReleaseListItem } from "@flotilla/contracts/views";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";
import { listVersionReleases } from "../models/list-version-releases.ts";
import { notFound } from "../views/not-found.ts";

export const listReleasesInput = z.object({ modelId: z.uuid().optional() });

/** The organisation's releases, newest first. */
export async function listReleases(
  ctx: ServiceContext,
  actor: Actor,
  input: z.infer<typeof listReleasesInput>,
): Promise<ReleaseListItem[]> {
  const versions = await ctx.db.prisma.modelVersion.findMany({
    where: {
      organisationId: actor.organisationId,
      releases: { some: {} },
      ...(input.modelId === undefined ? {} : { modelId: input.modelId }),
    },
    include: { model: true },
  });
  const lists = await Promise.all(versions.map((version) => listVersionReleases(ctx, actor, version)));
  return lists.flat().toSorted((left, right) => right.createdAt.getTime() - left.createdAt.getTime());
}

/** Throws NOT_FOUND. */
export async function getRelease(ctx: ServiceContext, actor: Actor, id: string): Promise<ReleaseListItem> {
  const release = await ctx.db.prisma.release.findFirst({
    where: { id, organisationId: actor.organisationId },
    include: { modelVersion: { include: { model: true } } },
  });
  const found = release === null ? undefined : (await listVersionReleases(ctx, actor, release.modelVersion)).find((one) => one.id === id);
  if (found === undefined) throw notFound("release");
  return found;
}
