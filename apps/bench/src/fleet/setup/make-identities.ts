import { mkdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Ca, loadOrCreateCa } from "@flotilla/trust/ca";
import { createDeviceKeyAndCsr } from "@flotilla/trust/verify";
import { randomUUID } from "node:crypto";

/** A device as it is after enrolment: its own P-256 key and a certificate of the installation's CA. */
export interface Identity {
  readonly id: string;
  readonly key: string;
  readonly cert: string;
  readonly keySha256: string;
  readonly fingerprint: string;
  /** ISO. */
  readonly expiresAt: string;
}

/** Kept between runs: 10,000 identities take half a minute to sign. */
export const CACHE_DIRECTORY = path.join(tmpdir(), "flotilla-bench-fleet");
const FILE = path.join(CACHE_DIRECTORY, "identities.json");
const SPARE_DAYS_MS = 7 * 86_400_000;

/** `count` identities of the CA in `CACHE_DIRECTORY`: those of earlier runs, and new ones where they are too few or end soon. */
export async function makeIdentities(count: number): Promise<Identity[]> {
  await mkdir(CACHE_DIRECTORY, { recursive: true, mode: 0o700 });
  const ca = await loadOrCreateCa(CACHE_DIRECTORY);
  const kept = JSON.parse(await readFile(FILE, "utf8").catch(() => "[]")) as Identity[];
  const identities = kept.filter(({ expiresAt }) => Date.parse(expiresAt) > Date.now() + SPARE_DAYS_MS);
  if (identities.length >= count) return identities.slice(0, count);
  while (identities.length < count) identities.push(await makeIdentity(ca));
  await writeFile(FILE, JSON.stringify(identities), { mode: 0o600 });
  return identities;
}

async function makeIdentity(ca: Ca): Promise<Identity> {
  const id = randomUUID();
  const { privateKeyPem, csrPem, keySha256, fingerprint } = createDeviceKeyAndCsr();
  const { certificatePem, expiresAt } = await ca.issueDevice(csrPem, id);
  return { id, key: privateKeyPem, cert: certificatePem, keySha256, fingerprint, expiresAt: expiresAt.toISOString() };
}
