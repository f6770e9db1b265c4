import type { ServiceContext } from "../context.ts";
import type { DeviceIdentity } from "./context.ts";

/** Adds the bytes that were sent to a device: the proof of what was, and was not, fetched. */
export async function recordArtifactBytes(ctx: ServiceContext, device: DeviceIdentity, sha256: string, bytes: number): Promise<void> {
  if (bytes === 0) return;
  await ctx.db.query(
    `INSERT INTO artifact_fetch ("deviceId", sha256, "organisationId", bytes, "firstAt", "lastAt")
     VALUES ($1::uuid, $2, $3, $4, $5, $5)
     ON CONFLICT ("deviceId", sha256) DO UPDATE SET bytes = artifact_fetch.bytes + EXCLUDED.bytes, "lastAt" = EXCLUDED."lastAt"`,
    [device.deviceId, sha256, device.organisationId, bytes, ctx.clock()],
  );
}
