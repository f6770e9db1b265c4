import type { ModelView } from "@flotilla/contracts/views";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";
import { resolveNames } from "../views/resolve-names.ts";

/** A model with its versions, newest first. Throws NOT_FOUND. */
export async function getModel(ctx: ServiceContext, actor: Actor, input: { id: string }): Promise<ModelView> {
  const model = await ctx.db.prisma.model.findFirst({
    where: { id: input.id, organisationId: actor.organisationId },
    include: { versions: { orderBy: { version: "desc" } } },
  });
  if (model === null) throw notFound("model");
  const nameOf = await resolveNames(
    ctx.db,
    model.versions.map((version) => version.createdBy),
  );
  return {
    id: model.id,
    name: model.name,
    createdAt: model.createdAt,
    versions: model.versions.map((version) => ({
      id: version.id,
      version: version.version,
      sha256: version.sha256,
      sizeBytes: Number(version.sizeBytes),
      createdAt: version.createdAt,
      createdBy: nameOf(version.createdBy),
    })),
  };
}
