import type { Readable } from "node:stream";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";

export interface StoredGraphView {
  sizeBytes: number;
  /** Gzipped JSON: a `GraphView` of the contracts. */
  open: () => Promise<Readable>;
}

/** A picture by its digest, which only the organisation whose model it shows may see. Throws NOT_FOUND. */
export async function readGraphView(ctx: ServiceContext, actor: Actor, input: { sha256: string }): Promise<StoredGraphView> {
  const { organisationId } = actor;
  const row = await ctx.db.prisma.graphView.findFirst({ where: { organisationId, sha256: input.sha256, state: "READY" } });
  const blob = row === null ? null : await ctx.blob.stat(input.sha256);
  if (blob === null) throw notFound("graph");
  return { sizeBytes: blob.sizeBytes, open: () => ctx.blob.open(input.sha256) };
}
