import { type ErrorCode, FlotillaError, type ProbeResult, type RolloutDeviceState, rolloutDeviceStates } from "@flotilla/contracts";
import { ROLLOUT_PAGE } from "@flotilla/contracts/rollout-dots";
import type { RolloutDevicePage, RolloutDeviceView } from "@flotilla/contracts/views";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";
import { Params } from "../devices/device-sql.ts";
import { notFound } from "../views/not-found.ts";

export const listRolloutDevicesInput = z.object({
  id: z.uuid(),
  /** The device that the page begins with, as `next` of the page before or `pages` of the dots name it; absent: the first one. */
  from: z.uuid().optional(),
  /** Only devices in these states; absent: all. */
  states: z.array(z.enum(rolloutDeviceStates)).min(1).optional(),
  limit: z.number().int().min(1).max(ROLLOUT_PAGE).optional(),
});
export type ListRolloutDevicesInput = z.infer<typeof listRolloutDevicesInput>;

interface DeviceRow extends Omit<RolloutDeviceView, "reason"> {
  state: RolloutDeviceState;
  reasonCode: ErrorCode | null;
  reasonMessage: string | null;
  probe: ProbeResult | null;
}

/**
 * A keyset page of a rollout's devices, by stage and name, in the order of `readRolloutDots`. A position is a device and not its values: it stays
 * where the device is.
 *
 * @throws FlotillaError NOT_FOUND for the rollout, and where `from` is not, or no longer, one of its devices
 */
export async function listRolloutDevices(ctx: ServiceContext, actor: Actor, input: ListRolloutDevicesInput): Promise<RolloutDevicePage> {
  const limit = input.limit ?? ROLLOUT_PAGE;
  const { organisationId } = actor;
  const rollout = await ctx.db.prisma.rollout.findFirst({ where: { id: input.id, organisationId }, select: { releaseId: true } });
  if (rollout === null) throw notFound("rollout");
  const release = await ctx.db.prisma.release.findUniqueOrThrow({ where: { id: rollout.releaseId }, select: { manifest: true } });
  const params = new Params();
  const rows = await ctx.db.query<DeviceRow>(pageSql(input, limit, filesOf(release.manifest), params), params.values);
  if (rows.length === 0 && input.from !== undefined) await expectDevice(ctx, input.id, input.from);
  return { items: rows.slice(0, limit).map(toView), next: rows[limit]?.deviceId ?? null };
}

/** `bytesFetched`: bytes of this release's files that were sent since the device was told about it. */
function pageSql({ id, from, states }: ListRolloutDevicesInput, limit: number, files: readonly string[], params: Params): string {
  const rollout = `${params.add(id)}::uuid`;
  const position = (at: string) => `(${at}."stageIndex", ${at}d."name", ${at}."deviceId")`;
  const rows = (at: string) => `"rollout_device" ${at} JOIN "device" ${at}d ON ${at}d."id" = ${at}."deviceId"`;
  const start = `SELECT at."stageIndex", atd."name", at."deviceId" FROM ${rows("at")} WHERE at."rolloutId" = ${rollout}`;
  const after = from === undefined ? "" : `AND ${position("r")} >= (${start} AND at."deviceId" = ${params.add(from)}::uuid)`;
  const within = states === undefined ? "" : `AND r."state" = ANY(${params.add(states)}::text[])`;
  return `
SELECT p."deviceId"::text, p."name", p."stageIndex", p."state", p."progress", COALESCE(s."online", false) AND p."deviceState" = 'ACTIVE' AS "online",
  p."reasonCode", p."reasonMessage", p."probe", p."updatedAt",
  COALESCE((SELECT sum(f."bytes") FROM "artifact_fetch" f
    WHERE f."deviceId" = p."deviceId" AND f."sha256" = ANY(${params.add(files)}::text[]) AND f."lastAt" >= p."assignedAt"), 0)::float8 AS "bytesFetched"
FROM (
  SELECT r.*, rd."name", rd."state" AS "deviceState" FROM ${rows("r")} WHERE r."rolloutId" = ${rollout} ${after} ${within}
  ORDER BY r."stageIndex", rd."name", r."deviceId" LIMIT ${limit + 1}
) p
LEFT JOIN "device_status" s ON s."deviceId" = p."deviceId"
ORDER BY p."stageIndex", p."name", p."deviceId"`;
}

function filesOf(manifest: unknown): string[] {
  const files = JSON.stringify(manifest ?? {}).matchAll(/"sha256":"([0-9a-f]{64})"/g);
  return [...new Set([...files].map(([, sha256]) => sha256 ?? ""))];
}

async function expectDevice({ db }: ServiceContext, rolloutId: string, deviceId: string): Promise<void> {
  const row = await db.prisma.rolloutDevice.findUnique({
    where: { rolloutId_deviceId: { rolloutId, deviceId } },
    select: { deviceId: true },
  });
  if (row === null) throw new FlotillaError("NOT_FOUND", "This rollout has no such device any more; start again from its first page.");
}

function toView({ reasonCode, reasonMessage, ...row }: DeviceRow): RolloutDeviceView {
  return { ...row, reason: reasonCode === null ? null : { code: reasonCode, message: reasonMessage ?? "" } };
}
