import { type DeviceProfile, FlotillaError, type StageSpec } from "@flotilla/contracts";
import type { Tx } from "@flotilla/db";
import { assignStages, chooseVariant } from "@flotilla/domain";
import { listGroupDevices } from "../groups/list-group-devices.ts";
import { offersOf } from "../releases/read-offers.ts";
import type { LoadedRollout } from "./load-rollout.ts";

/** Chooses, once, which devices of the group the rollout goes to, in which stage, and each one's variant. */
export async function enlistDevices(tx: Tx, { row, release, snapshot }: LoadedRollout, now: Date): Promise<void> {
  const devices = await listGroupDevices(tx, row.organisationId, row.groupId, now);
  if (devices.length === 0) throw new FlotillaError("CONFLICT", "The group has no active device. Enrol devices, or choose another group.");
  const stages = snapshot.stages.map(({ spec }): StageSpec => spec);
  const stageOf = assignStages(row.id, stages, devices);
  const offers = await offersOf(tx, release);
  const variantOf = (profile: DeviceProfile): string | null => {
    const choice = chooseVariant(offers, profile);
    return "variant" in choice ? choice.variant.id : null;
  };
  await tx.$executeRawUnsafe(
    `INSERT INTO "rollout_device" ("rolloutId", "deviceId", "organisationId", "stageIndex", "state", "variantId", "updatedAt")
     SELECT $1::uuid, t."deviceId", $2, t."stageIndex", 'QUEUED', t."variantId", $6::timestamptz
     FROM unnest($3::uuid[], $4::int[], $5::uuid[]) AS t("deviceId", "stageIndex", "variantId")`,
    row.id,
    row.organisationId,
    devices.map(({ deviceId }) => deviceId),
    devices.map(({ deviceId }) => stageOf.get(deviceId) ?? stages.length - 1),
    devices.map(({ profile }) => variantOf(profile)),
    now,
  );
}
