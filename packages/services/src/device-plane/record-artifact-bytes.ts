import type { Db } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";
import type { DeviceIdentity } from "./context.ts";
import { Gather } from "./gather.ts";

/** A stage's downloads end in crowds. A gateway that is killed has not counted those of so short a time. */
const TOGETHER_MS = 200;

interface Fetch extends DeviceIdentity {
  sha256: string;
  bytes: number;
}

// One row a device and file, in one order: a statement must not touch a row twice, nor wait for another that waits for it.
const RECORD_SQL = `
INSERT INTO artifact_fetch ("deviceId", sha256, "organisationId", bytes, "firstAt", "lastAt")
SELECT f."deviceId", f.sha256, f."organisationId", sum(f.bytes), $2, $2
FROM jsonb_to_recordset($1::jsonb) AS f("deviceId" uuid, sha256 text, "organisationId" text, bytes bigint)
GROUP BY f."deviceId", f.sha256, f."organisationId" ORDER BY f."deviceId", f.sha256
ON CONFLICT ("deviceId", sha256) DO UPDATE SET bytes = artifact_fetch.bytes + EXCLUDED.bytes, "lastAt" = EXCLUDED."lastAt"`;

const recorders = new WeakMap<Db, Gather<Fetch, undefined>>();

/** Adds the bytes that were sent to a device: the proof of what was, and was not, fetched. Downloads that end together share a statement. */
export async function recordArtifactBytes(ctx: ServiceContext, device: DeviceIdentity, sha256: string, bytes: number): Promise<void> {
  if (bytes === 0) return;
  const recorder =
    recorders.get(ctx.db) ??
    new Gather(async (fetches: readonly Fetch[]) => {
      await ctx.db.query(RECORD_SQL, [JSON.stringify(fetches), ctx.clock()]);
      return fetches.map(() => undefined);
    }, TOGETHER_MS);
  recorders.set(ctx.db, recorder);
  const { deviceId, organisationId } = device;
  await recorder.ask({ deviceId, organisationId, sha256, bytes });
}
