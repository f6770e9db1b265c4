import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { type Ca, loadOrCreateCa } from "@flotilla/trust/ca";
import { loadOrCreateSigner } from "@flotilla/trust/sign";
import { createDeviceKeyAndCsr } from "@flotilla/trust/verify";
import { expect } from "@playwright/test";
import { Generator } from "../../../bench/src/fleet/generator/generator.ts";
import type { Identity } from "../../../bench/src/fleet/setup/make-identities.ts";
import { seedDevices } from "../../../bench/src/fleet/setup/seed-devices.ts";
import type { Stack } from "./stack.ts";
import { openDatabase } from "./tamper.ts";

export interface SimulatedFleet {
  /** A static group of them all. */
  groupId: string;
  /** Ends the devices and takes them, their group and its rollouts out of the stack, for the files that come after. */
  remove: () => Promise<void>;
}

/**
 * Connects devices by the load generator of the bench: the real agents' cores in one process, each with its own certificate of the stack's CA and its own
 * HTTPS and MQTT connections. They have no disk and no inference host. Resolves when the server knows them all as online.
 */
export async function connectSimulatedFleet(stack: Stack, count: number): Promise<SimulatedFleet> {
  const secrets = path.join(stack.dataDirectory, "secrets");
  const [ca, signer, db] = [await loadOrCreateCa(secrets), await loadOrCreateSigner(secrets), await openDatabase(stack)];
  const directory = await mkdtemp(path.join(os.tmpdir(), "flotilla-simulated-"));
  const identities = await Promise.all(Array.from({ length: count }, () => makeIdentity(ca)));
  const identitiesFile = path.join(directory, "identities.json");
  await writeFile(identitiesFile, JSON.stringify(identities), { mode: 0o600 });
  const [organisation] = await db.query<{ id: string }>("SELECT id FROM organization");
  const groupId = await seedDevices(db, organisation?.id ?? "", identities, { group: `Simulated ${count}` });
  const ids = identities.map(({ id }) => id);
  const ports = JSON.parse(await readFile(path.join(stack.dataDirectory, "ports.json"), "utf8")) as { gateway: number; broker: number };
  const trust = { caPem: ca.certificatePem, trustedKeys: [signer.trustedKey], mqttTls: true };
  const generator = await Generator.start({ identitiesFile, gatewayPort: ports.gateway, brokerPort: ports.broker, ...trust }, count, 1);
  const remove = async (): Promise<void> => {
    await generator.stop();
    await db.query(`DELETE FROM rollout WHERE "groupId" = $1::uuid`, [groupId]);
    await db.query(`DELETE FROM "group" WHERE id = $1::uuid`, [groupId]);
    await db.query(`DELETE FROM device WHERE id = ANY($1::uuid[])`, [ids]);
    await db.close();
    await rm(directory, { recursive: true });
  };
  try {
    const [connected] = await generator.ask("connect", { at: Date.now(), resume: false, birth: true, expectHint: false });
    expect(connected?.failed).toBe(0);
    await generator.ask("ask", { at: Date.now() });
    const online = `SELECT count(*)::int AS n FROM device_status WHERE online AND "deviceId" = ANY($1::uuid[])`;
    await expect.poll(async () => (await db.query<{ n: number }>(online, [ids]))[0]?.n, { timeout: 30_000 }).toBe(count);
  } catch (error) {
    await remove();
    throw error;
  }
  return { groupId, remove };
}

async function makeIdentity(ca: Ca): Promise<Identity> {
  const id = randomUUID();
  const { privateKeyPem, csrPem, keySha256, fingerprint } = createDeviceKeyAndCsr();
  const { certificatePem, expiresAt } = await ca.issueDevice(csrPem, id);
  return { id, key: privateKeyPem, cert: certificatePem, keySha256, fingerprint, expiresAt: expiresAt.toISOString() };
}
