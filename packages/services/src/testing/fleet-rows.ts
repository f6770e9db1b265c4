import { randomUUID } from "node:crypto";
import type { DeviceFacts } from "@flotilla/domain";
import type { ServiceContext } from "../context.ts";
import { toJson } from "../to-json.ts";
import type { ReadyRelease } from "./add-fleet.ts";
import { testProfile } from "./add-fleet.ts";
import { sha256Of } from "./add-rows.ts";

interface Releases {
  target: ReadyRelease;
  before: ReadyRelease;
  other: ReadyRelease;
}

/** What of a device's facts its row in the rollout holds. */
type FleetRow = Pick<DeviceFacts, "deviceId" | "state" | "settled" | "assignedAt" | "updatedAt" | "probe" | "superseded"> & {
  assigned: boolean;
  reason: string | null;
};

/** A rollout whose devices are facts, written as the rows that say so. */
export class FleetRows {
  readonly rolloutId: string;
  readonly #ctx: ServiceContext;

  private constructor(ctx: ServiceContext, rolloutId: string) {
    this.#ctx = ctx;
    this.rolloutId = rolloutId;
  }

  static async write(ctx: ServiceContext, organisationId: string, releases: Releases, devices: readonly DeviceFacts[]): Promise<FleetRows> {
    const { prisma } = ctx.db;
    const { target } = releases;
    const rolloutId = randomUUID();
    const rollout = { id: rolloutId, organisationId, name: "r", releaseId: target.release.id, groupId: randomUUID(), state: "RUNNING" };
    await prisma.rollout.create({ data: { ...rollout, gates: {}, createdBy: "test" } });
    await prisma.device.createMany({ data: devices.map((device) => deviceRow(organisationId, device)) });
    await prisma.deviceStatus.createMany({ data: devices.map((device) => statusRow(organisationId, releases, device)) });
    await prisma.rolloutDevice.createMany({ data: devices.map((device) => rolloutDeviceRow(rollout, releases, device)) });
    await prisma.assignment.createMany({ data: devices.flatMap((device) => assignmentRow(rollout, releases, device) ?? []) });
    return new FleetRows(ctx, rolloutId);
  }

  read(): Promise<FleetRow[]> {
    return this.#ctx.db.query<FleetRow>(
      `SELECT rd."deviceId"::text, rd."state", rd."settled", rd."assignedAt", rd."updatedAt", rd."probe", rd."seq" IS NOT NULL AS "assigned",
         rd."seq" IS NOT NULL AND a."seq" IS DISTINCT FROM rd."seq" AS "superseded", rd."reasonCode" AS "reason"
       FROM "rollout_device" rd LEFT JOIN "assignment" a ON a."deviceId" = rd."deviceId"
       WHERE rd."rolloutId" = $1::uuid ORDER BY rd."deviceId"`,
      [this.rolloutId],
    );
  }

  expected(devices: readonly DeviceFacts[]): FleetRow[] {
    return devices
      .map(({ deviceId, state, settled, assignedAt, updatedAt, probe, superseded, seq, reason }) => ({
        ...{ deviceId, state, settled, assignedAt, updatedAt, probe, superseded, assigned: seq !== null, reason: reason?.code ?? null },
      }))
      .toSorted((a, b) => (a.deviceId < b.deviceId ? -1 : 1));
  }
}

function deviceRow(organisationId: string, { deviceId, name, revoked, timeZone = null }: DeviceFacts) {
  const keySha256 = sha256Of(deviceId);
  const profile = toJson(testProfile);
  const state = revoked ? "REVOKED" : "ACTIVE";
  const tags = timeZone === null ? {} : { timeZone };
  return { id: deviceId, organisationId, name, state, keySha256, fingerprint: keySha256.slice(0, 16), profile, profileName: "test", tags };
}

function statusRow(organisationId: string, { target, before }: Releases, { deviceId, online, alreadyCurrent, runsPrevious }: DeviceFacts) {
  const runs = alreadyCurrent ? target : runsPrevious ? before : null;
  return {
    ...{ deviceId, organisationId, online },
    runningReleaseId: runs?.release.id ?? null,
    runningVariantSha256: runs?.variant.sha256 ?? null,
  };
}

type RolloutRow = { id: string; organisationId: string };

function rolloutDeviceRow({ id, organisationId }: RolloutRow, { target, before }: Releases, device: DeviceFacts) {
  const { deviceId, stageIndex, state, seq, settled, assignedAt, updatedAt, reason, refusal, probe, hasPrevious, attempt = 0 } = device;
  return {
    ...{ rolloutId: id, organisationId, deviceId, stageIndex, state, seq, settled, assignedAt, updatedAt, attempt },
    variantId: refusal === null ? target.variant.id : null,
    ...{ refusalCode: refusal?.code ?? null, refusalMessage: refusal?.message ?? null },
    ...{ reasonCode: reason?.code ?? null, reasonMessage: reason?.message ?? null },
    ...(probe === null ? {} : { probe: toJson(probe) }),
    previousReleaseId: hasPrevious ? before.release.id : null,
    previousVariantId: hasPrevious ? before.variant.id : null,
  };
}

/** Its own, another's where it was superseded; none where it never had one, or where one that is current lost it. */
function assignmentRow({ id, organisationId }: RolloutRow, { target, before, other }: Releases, device: DeviceFacts) {
  const { deviceId, seq, superseded, alreadyCurrent, goingBack = false } = device;
  if (seq === null || (superseded && alreadyCurrent)) return null;
  if (superseded) return { deviceId, organisationId, seq: seq + 1, releaseId: other.release.id, variantId: other.variant.id };
  const has = goingBack ? before : target;
  return { deviceId, organisationId, seq, releaseId: has.release.id, variantId: has.variant.id, rolloutId: id };
}
