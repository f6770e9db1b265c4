import type { Group, Tx } from "@flotilla/db";
import { notFound } from "../views/not-found.ts";

/**
 * A group that nobody else changes or deletes until the transaction ends; `share`: others may use it too. What is checked of a group before it is
 * deleted, and what is begun with it, would otherwise pass each other. Throws NOT_FOUND.
 */
export async function lockGroup(tx: Tx, organisationId: string, id: string, share = false): Promise<Group> {
  const mode = share ? "FOR SHARE" : "FOR UPDATE";
  await tx.$queryRawUnsafe(`SELECT 1 FROM "group" WHERE "id" = $1::uuid AND "organisationId" = $2 ${mode}`, id, organisationId);
  const group = await tx.group.findFirst({ where: { id, organisationId } });
  if (group === null) throw notFound("group");
  return group;
}
