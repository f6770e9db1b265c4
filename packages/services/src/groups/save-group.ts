import { filterTextSchema, FlotillaError } from "@flotilla/contracts";
import { isUniqueViolation, notifyLive, type Tx } from "@flotilla/db";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";
import { readFilter } from "../devices/read-filter.ts";
import { notFound } from "../views/not-found.ts";
import { lockGroup } from "./lock-group.ts";

const groupFields = {
  name: z
    .string()
    .trim()
    .min(1)
    .max(80)
    .refine((name) => !name.includes("\u0000"), "a name has no NUL character"),
  /** In the filter language; what a static group says is not kept. */
  filter: filterTextSchema,
  /** The members of a static group. */
  deviceIds: z.array(z.uuid()).max(100_000).optional(),
};
export const createGroupInput = z.object({ ...groupFields, kind: z.enum(["dynamic", "static"]) });
export const updateGroupInput = z.object({ ...groupFields, id: z.uuid() });

/** A saved filter (dynamic) or a list (static). Throws CONFLICT (the name is taken), NOT_FOUND (a device), FILTER_INVALID. */
export async function createGroup(ctx: ServiceContext, actor: Actor, input: z.infer<typeof createGroupInput>): Promise<{ id: string }> {
  const { organisationId } = actor;
  return nameConflict(input.name, () =>
    ctx.db.transaction(async (tx) => {
      const filter = keptFilter(input.kind, input.filter);
      const group = await tx.group.create({ data: { organisationId, name: input.name, kind: input.kind, filter, createdAt: ctx.clock() } });
      if (input.kind === "static") await writeMembers(tx, organisationId, group.id, input.deviceIds ?? []);
      await notifyLive(tx, { organisationId, topic: "group", id: group.id });
      return { id: group.id };
    }),
  );
}

/** Changes a group's name and its filter or list; what it is stays. Throws NOT_FOUND, CONFLICT, FILTER_INVALID. */
export async function updateGroup(ctx: ServiceContext, actor: Actor, input: z.infer<typeof updateGroupInput>): Promise<void> {
  const { organisationId } = actor;
  await nameConflict(input.name, () =>
    ctx.db.transaction(async (tx) => {
      const group = await lockGroup(tx, organisationId, input.id);
      const filter = keptFilter(group.kind, input.filter);
      await tx.group.update({ where: { id: group.id }, data: { name: input.name, filter } });
      if (group.kind === "static" && input.deviceIds !== undefined) await writeMembers(tx, organisationId, group.id, input.deviceIds);
      await notifyLive(tx, { organisationId, topic: "group", id: group.id });
    }),
  );
}

/** A filter as its writer wrote it, once it can be read. */
function keptFilter(kind: string, text: string): string {
  if (kind !== "dynamic") return "";
  readFilter(text);
  return text.trim();
}

/** Only devices of the organisation can be members. */
async function writeMembers(tx: Tx, organisationId: string, groupId: string, deviceIds: readonly string[]): Promise<void> {
  await tx.groupMember.deleteMany({ where: { groupId } });
  if (deviceIds.length === 0) return;
  const written = await tx.$executeRawUnsafe(
    `INSERT INTO "group_member" ("groupId", "deviceId", "organisationId")
     SELECT $1::uuid, d."id", $2 FROM "device" d WHERE d."organisationId" = $2 AND d."id" = ANY($3::uuid[])`,
    groupId,
    organisationId,
    deviceIds,
  );
  if (written < new Set(deviceIds).size) throw notFound("device");
}

async function nameConflict<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isUniqueViolation(error)) throw new FlotillaError("CONFLICT", `There is a group “${name}” already: choose another name.`);
    throw error;
  }
}
