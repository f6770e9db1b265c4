import { randomUUID } from "node:crypto";
import { FlotillaError } from "@flotilla/contracts";
import { type Device, notifyLive, type Tx } from "@flotilla/db";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";
import { cleanName } from "../device-plane/clean-name.ts";
import { notFound } from "../views/not-found.ts";

export const acceptDevicesInput = z.object({ ids: z.array(z.uuid()).min(1).max(1000) });
export const renameDeviceInput = z.object({ id: z.uuid(), name: z.string().trim().min(1).max(120) });
/** A text that Postgres can store; a tag is compared as it is. */
const tagText = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((text) => !text.includes("\u0000"), "a tag has no NUL character");
export const setDeviceTagsInput = z.object({
  id: z.uuid(),
  tags: z.record(tagText(64).min(1), tagText(256)).refine((tags) => Object.keys(tags).length <= 32, "at most 32 tags"),
});

/** Lets devices that wait join: each fetches its certificate at its next try. Throws NOT_FOUND, CONFLICT (one does not wait). */
export async function acceptDevices(ctx: ServiceContext, actor: Actor, input: z.infer<typeof acceptDevicesInput>): Promise<void> {
  const { organisationId } = actor;
  const ids = [...new Set(input.ids)];
  await ctx.db.transaction(async (tx) => {
    // In one order, so that two people who accept the same devices go one after the other.
    const devices = await tx.$queryRawUnsafe<{ id: string; name: string; state: string }[]>(
      `SELECT "id"::text, "name", "state" FROM "device" WHERE "id" = ANY($1::uuid[]) AND "organisationId" = $2 ORDER BY "id" FOR UPDATE`,
      ids,
      organisationId,
    );
    if (devices.length < ids.length) throw notFound("device");
    const other = devices.find(({ state }) => state !== "PENDING");
    if (other !== undefined)
      throw new FlotillaError("CONFLICT", `“${other.name}” does not wait to be accepted: it is ${other.state.toLowerCase()}.`);
    await tx.device.updateMany({ where: { id: { in: ids } }, data: { state: "ACTIVE" } });
    const event = { organisationId, at: ctx.clock(), kind: "accepted", details: { by: actor.name } };
    await tx.deviceEvent.createMany({ data: ids.map((deviceId) => ({ ...event, id: randomUUID(), deviceId })) });
    const [only] = ids;
    await notifyLive(tx, { organisationId, topic: "device", ...(ids.length === 1 && only !== undefined ? { id: only } : {}) });
  });
}

/** Forgets a device that waits. It may ask again. Throws NOT_FOUND, CONFLICT (it is no longer pending). */
export async function rejectDevice(ctx: ServiceContext, actor: Actor, id: string): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const device = await lockDevice(tx, actor, id);
    if (device.state !== "PENDING") throw new FlotillaError("CONFLICT", `“${device.name}” was accepted meanwhile: revoke it instead.`);
    await tx.device.delete({ where: { id } });
    await notifyLive(tx, { organisationId: actor.organisationId, topic: "device", id });
  });
}

/** Throws NOT_FOUND, INVALID_INPUT (nothing is left of the name). */
export async function renameDevice(ctx: ServiceContext, actor: Actor, input: z.infer<typeof renameDeviceInput>): Promise<void> {
  const name = cleanName(input.name, "");
  if (name === "") throw new FlotillaError("INVALID_INPUT", "This name has no character that can be seen. Type another one.");
  await ctx.db.transaction(async (tx) => {
    await lockDevice(tx, actor, input.id);
    await tx.device.update({ where: { id: input.id }, data: { name } });
    await announce(ctx, tx, actor, input.id, "renamed");
  });
}

/** Replaces a device's tags; dynamic groups follow at once, and a rollout that waits for its maintenance window. Throws NOT_FOUND. */
export async function setDeviceTags(ctx: ServiceContext, actor: Actor, input: z.infer<typeof setDeviceTagsInput>): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const { tags } = await lockDevice(tx, actor, input.id);
    if (timeZoneOf(tags) !== timeZoneOf(input.tags)) await tellRollouts(tx, actor, input.id);
    await tx.device.update({ where: { id: input.id }, data: { tags: input.tags } });
    await notifyLive(tx, { organisationId: actor.organisationId, topic: "device", id: input.id });
    await notifyLive(tx, { organisationId: actor.organisationId, topic: "group" });
  });
}

const timeZoneOf = (tags: unknown): unknown => (tags as Record<string, unknown> | null)?.["timeZone"];

/** Whose windows are judged anew: where the device is decides whether one is open. */
async function tellRollouts(tx: Tx, { organisationId }: Actor, deviceId: string): Promise<void> {
  const rollouts = await tx.$queryRawUnsafe<{ id: string }[]>(
    `SELECT r."id"::text FROM "rollout_device" rd JOIN "rollout" r ON r."id" = rd."rolloutId"
     WHERE rd."deviceId" = $1::uuid AND rd."state" = 'QUEUED' AND r."state" = 'RUNNING'`,
    deviceId,
  );
  for (const { id } of rollouts) await notifyLive(tx, { organisationId, topic: "rollout", id });
}

/** Locks a device out for good: gateway and broker refuse its certificate. What runs on it goes on running. Throws NOT_FOUND. */
export async function revokeDevice(ctx: ServiceContext, actor: Actor, id: string): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const device = await lockDevice(tx, actor, id);
    if (device.state === "REVOKED") return;
    await tx.device.update({ where: { id }, data: { state: "REVOKED", revokedAt: ctx.clock() } });
    await tx.deviceStatus.updateMany({ where: { deviceId: id }, data: { online: false } });
    await announce(ctx, tx, actor, id, "revoked");
  });
}

async function lockDevice(tx: Tx, actor: Actor, id: string): Promise<Device> {
  await tx.$queryRawUnsafe(`SELECT 1 FROM "device" WHERE "id" = $1::uuid AND "organisationId" = $2 FOR UPDATE`, id, actor.organisationId);
  const device = await tx.device.findFirst({ where: { id, organisationId: actor.organisationId } });
  if (device === null) throw notFound("device");
  return device;
}

async function announce(ctx: ServiceContext, tx: Tx, actor: Actor, deviceId: string, kind: "renamed" | "revoked"): Promise<void> {
  const { organisationId } = actor;
  await tx.deviceEvent.create({ data: { id: randomUUID(), organisationId, deviceId, at: ctx.clock(), kind, details: { by: actor.name } } });
  await notifyLive(tx, { organisationId, topic: "device", id: deviceId });
}
