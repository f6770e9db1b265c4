import { randomUUID } from "node:crypto";
import type { DeviceProfile } from "@flotilla/contracts";
import type { Db } from "@flotilla/db";
import type { Identity } from "./make-identities.ts";

const PROFILE: DeviceProfile = {
  name: "linux-x64-cpu",
  arch: "x64",
  os: "linux",
  cpuModel: "simulated by the bench",
  cpuCount: 2,
  cpuFlags: ["avx2"],
  memoryBytes: 2 ** 31,
  diskFreeBytes: 2 ** 34,
  runtimes: [{ name: "onnxruntime", version: "1.30.0", providers: ["cpu"], maxOpset: 24, formats: ["onnx"] }],
  agentVersion: "0.1.0",
};
const PLACES = ["north", "south", "east", "west"];

/** What the database holds of a device; only those that connect have a key of their own. */
export type SeededDevice = Pick<Identity, "id" | "keySha256" | "fingerprint" | "expiresAt">;

const DEVICES_SQL = `
INSERT INTO device (id, "organisationId", name, state, "keySha256", fingerprint, profile, "profileName", tags, "certificateExpiresAt", "enrolledAt")
SELECT t.id, $1, 'bench-' || lpad((t.n + $7)::text, 6, '0'), 'ACTIVE', t."keySha256", t.fingerprint, $5::jsonb, $6, jsonb_build_object('site', ($8::text[])[1 + t.n % 4]),
  t."expiresAt", now()
FROM unnest($2::uuid[], $3::text[], $4::text[], $9::timestamptz[]) WITH ORDINALITY AS t(id, "keySha256", fingerprint, "expiresAt", n)`;

/** Inserts devices with a status and a static group of them all, set-based. Answers with the group's id. */
export async function seedDevices(
  db: Db,
  organisationId: string,
  devices: readonly SeededDevice[],
  options: { group: string; from?: number },
): Promise<string> {
  const ids = devices.map(({ id }) => id);
  const groupId = randomUUID();
  await db.query(DEVICES_SQL, [
    organisationId,
    ids,
    devices.map(({ keySha256 }) => keySha256),
    devices.map(({ fingerprint }) => fingerprint),
    JSON.stringify(PROFILE),
    PROFILE.name,
    options.from ?? 0,
    PLACES,
    devices.map(({ expiresAt }) => expiresAt),
  ]);
  await db.query(`INSERT INTO device_status ("deviceId", "organisationId") SELECT id, $1 FROM unnest($2::uuid[]) AS t(id)`, [
    organisationId,
    ids,
  ]);
  await db.query(`INSERT INTO "group" (id, "organisationId", name, kind) VALUES ($1::uuid, $2, $3, 'static')`, [
    groupId,
    organisationId,
    options.group,
  ]);
  await db.query(
    `INSERT INTO group_member ("groupId", "deviceId", "organisationId") SELECT $1::uuid, id, $2 FROM unnest($3::uuid[]) AS t(id)`,
    [groupId, organisationId, ids],
  );
  await db.query("ANALYZE device, device_status, group_member");
  return groupId;
}

/** Devices that never connect: rows for the sizes that are read and planned over. */
export function unconnectedDevices(count: number): SeededDevice[] {
  const expiresAt = new Date(Date.now() + 90 * 86_400_000).toISOString();
  return Array.from({ length: count }, () => {
    const id = randomUUID();
    return { id, keySha256: id.replaceAll("-", ""), fingerprint: id.slice(0, 6), expiresAt };
  });
}

// By the number in its name, so that every run has the same fleet: a tenth is arm64, a twentieth has another agent, three in ten are away.
const VARIED_SQL = [
  `UPDATE device SET profile = profile || jsonb_build_object('arch', CASE WHEN n.n % 10 = 0 THEN 'arm64' ELSE 'x64' END,
     'agentVersion', CASE WHEN n.n % 20 = 0 THEN '0.2.0' ELSE '0.1.0' END, 'memoryBytes', (1 + n.n % 8)::bigint * 536870912)
   FROM (SELECT id, substring(name from 7)::int AS n FROM device) n WHERE n.id = device.id`,
  `UPDATE device_status s SET online = n.n % 10 < 7, "temperatureC" = 40 + n.n * 7 % 45, "latencyP95Ms" = 5 + n.n * 11 % 30,
     phase = CASE WHEN n.n % 100 = 1 THEN 'ROLLED_BACK' WHEN n.n % 50 = 2 THEN 'DOWNLOADING' ELSE 'ACTIVE' END,
     "lastSeenAt" = now() - CASE WHEN n.n % 10 < 7 THEN n.n % 60 ELSE n.n * 7919::bigint % 600000 END * interval '1 second'
   FROM (SELECT id, substring(name from 7)::int AS n FROM device) n WHERE n.id = s."deviceId"`,
];

/** Gives the seeded devices profiles and states that filters tell apart, and the tables the statistics that they have in use. */
export async function makeVaried(db: Db): Promise<void> {
  for (const sql of VARIED_SQL) await db.query(sql);
  await db.query("VACUUM ANALYZE device, device_status");
}
