import type { Db } from "@flotilla/db";

/** A tenth is offline, some are warm, failed or busy; names, sites and memory are spread as a fleet's are. All of it by number: every run has the same rows. */
const DEVICES_SQL = `
INSERT INTO "device" ("id", "organisationId", "name", "state", "keySha256", "fingerprint", "profile", "profileName", "tags", "createdAt", "enrolledAt")
SELECT gen_random_uuid(), $1, 'cam-' || lpad((n * 7919 % 1000003)::text, 7, '0'), 'ACTIVE', md5($1 || n), left(md5(n::text), 16),
  jsonb_build_object('name', p."name", 'arch', p."arch", 'os', 'linux', 'cpuModel', 'bench', 'cpuCount', 2 + n % 3 * 2, 'cpuFlags', '["neon"]'::jsonb,
    'memoryBytes', (256 * (1 << (n % 5)))::bigint * 1048576, 'diskFreeBytes', 4294967296, 'agentVersion', '0.1.0',
    'runtimes', jsonb_build_array(jsonb_build_object('name', 'onnxruntime', 'version', '1.30.0', 'providers', '["cpu"]'::jsonb, 'maxOpset', 17 + n % 5))),
  p."name", jsonb_build_object('site', (ARRAY['north', 'south', 'east', 'west'])[1 + n % 4], 'room', 'r' || n % 500)
    || CASE WHEN n % 50 = 0 THEN '{"lab": "1"}'::jsonb ELSE '{}'::jsonb END, now() - n * interval '1 minute', now()
FROM generate_series(1, $2::int) n, LATERAL (SELECT CASE WHEN n % 3 = 0 THEN 'linux-x64-cpu' ELSE 'linux-arm64-cpu' END AS "name",
  CASE WHEN n % 3 = 0 THEN 'x64' ELSE 'arm64' END AS "arch") p`;

const STATUS_SQL = `
INSERT INTO "device_status" ("deviceId", "organisationId", "online", "lastSeenAt", "phase", "phaseAt", "reasonCode", "reasonMessage", "temperatureC",
  "latencyP95Ms", "runningReleaseId", "runningVariantSha256")
SELECT d."id", $1, d.n % 10 <> 0, now() - CASE WHEN d.n % 10 = 0 THEN d.n * interval '3 minutes' ELSE d.n % 90 * interval '1 second' END,
  CASE d.n % 40 WHEN 1 THEN 'ROLLED_BACK' WHEN 2 THEN 'DOWNLOADING' ELSE 'ACTIVE' END, now(), CASE d.n % 40 WHEN 1 THEN 'PROBE_TOO_SLOW' END,
  CASE d.n % 40 WHEN 1 THEN 'too slow' END, 40 + d.n % 43, 5 + d.n % 60, NULL, NULL
FROM (SELECT "id", row_number() OVER (ORDER BY "name") AS n FROM "device" WHERE "organisationId" = $1) d`;

/** Puts `count` devices with their status into an organisation that has none, and lets Postgres know them. */
export async function addTableDevices(db: Db, organisationId: string, count: number): Promise<void> {
  await db.query(DEVICES_SQL, [organisationId, count]);
  await db.query(STATUS_SQL, [organisationId]);
  await db.query(`VACUUM (ANALYZE) "device"`);
  await db.query(`VACUUM (ANALYZE) "device_status"`);
}
