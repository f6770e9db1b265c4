import type { AgentPhase, DeviceProfile, ErrorCode, ProbeResult } from "@flotilla/contracts";
import type { DeviceView, SlotView } from "@flotilla/contracts/views";
import type { DeviceStatus } from "@flotilla/db";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";
import { DEVICE_COLUMNS_SQL, type DeviceRow, toDeviceListItem } from "./device-rows.ts";
import { memberSql } from "../groups/group-sql.ts";
import { DEVICE_FROM_SQL, DEVICE_STATUS_SQL, Params } from "./device-sql.ts";

/** One device with its profile, its slots, what it should run and what it reported. Throws NOT_FOUND. */
export async function getDevice(ctx: ServiceContext, actor: Actor, id: string): Promise<DeviceView> {
  const { organisationId } = actor;
  const params = new Params();
  const where = `d."id" = ${params.add(id)}::uuid AND d."organisationId" = ${params.add(organisationId)}`;
  const [rows, device] = await Promise.all([
    ctx.db.query<DeviceRow>(`SELECT ${DEVICE_COLUMNS_SQL} ${DEVICE_FROM_SQL} WHERE ${where}`, params.values),
    ctx.db.prisma.device.findFirst({ where: { id, organisationId }, include: { status: true, assignment: true } }),
  ]);
  const [row] = rows;
  if (row === undefined || device === null) throw notFound("device");
  const { status, assignment } = device;
  const item = toDeviceListItem(row);
  const { nameOf, faultOf } = await readReleases(ctx, organisationId, [
    assignment?.releaseId,
    status?.runningReleaseId,
    status?.standbyReleaseId,
  ]);
  return {
    ...item,
    profile: device.profile as DeviceProfile,
    enrolledAt: device.enrolledAt,
    certificateExpiresAt: device.certificateExpiresAt,
    desired:
      assignment === null
        ? null
        : {
            seq: assignment.seq,
            releaseId: assignment.releaseId,
            releaseName: nameOf(assignment.releaseId),
            rolloutId: assignment.rolloutId,
          },
    reported: status === null ? null : reportedOf(status),
    slots: {
      running: slotOf(status?.runningReleaseId, status?.runningVariantSha256, nameOf, faultOf),
      standby: slotOf(status?.standbyReleaseId, status?.standbyVariantSha256, nameOf, faultOf),
    },
    groups: await groupsOf(ctx, organisationId, id),
    lastProbe: (status?.probe ?? null) as ProbeResult | null,
  };
}

function reportedOf(status: DeviceStatus): DeviceView["reported"] {
  if (status.phase === null || status.phaseAt === null) return null;
  const reason = status.reasonCode === null ? null : { code: status.reasonCode as ErrorCode, message: status.reasonMessage ?? "" };
  return { seq: status.seq, phase: status.phase as AgentPhase, progress: status.progress, reason, at: status.phaseAt };
}

function slotOf(
  releaseId: string | null | undefined,
  sha256: string | null | undefined,
  nameOf: (id: string) => string,
  faultOf: (id: string) => string | null,
): SlotView | null {
  if (releaseId === null || releaseId === undefined || sha256 === null || sha256 === undefined) return null;
  return { releaseId, releaseName: nameOf(releaseId), variantSha256: sha256, invalidReason: faultOf(releaseId) };
}

/** Names of releases, and what is wrong with those that were marked as bad. */
async function readReleases(
  ctx: ServiceContext,
  organisationId: string,
  ids: readonly (string | null | undefined)[],
): Promise<{ nameOf: (id: string) => string; faultOf: (id: string) => string | null }> {
  const wanted = ids.filter((id) => id !== null && id !== undefined);
  const releases = await ctx.db.prisma.release.findMany({
    where: { id: { in: wanted }, organisationId },
    select: { id: true, name: true, invalidReason: true },
  });
  const known = new Map(releases.map((release) => [release.id, release]));
  return { nameOf: (id) => known.get(id)?.name ?? id.slice(0, 8), faultOf: (id) => known.get(id)?.invalidReason ?? null };
}

/** Static groups that list it, and dynamic ones whose filter it fits now. */
async function groupsOf(ctx: ServiceContext, organisationId: string, deviceId: string): Promise<DeviceView["groups"]> {
  const groups = await ctx.db.prisma.group.findMany({ where: { organisationId }, orderBy: { name: "asc" } });
  if (groups.length === 0) return [];
  const params = new Params();
  const id = params.add(deviceId);
  const scope = { organisationId, now: ctx.clock() };
  const member = groups.map((group, place) => `(${place}, ${memberSql(group, params, scope)})`).join(", ");
  const rows = await ctx.db.query<{ place: number }>(
    `SELECT g."place" ${DEVICE_STATUS_SQL} CROSS JOIN LATERAL (VALUES ${member}) g ("place", "member") WHERE d."id" = ${id}::uuid AND g."member" ORDER BY 1`,
    params.values,
  );
  return rows.flatMap(({ place }) => groups.slice(place, place + 1).map(({ id: groupId, name }) => ({ id: groupId, name })));
}
