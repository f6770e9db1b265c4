import { X509Certificate } from "node:crypto";
import path from "node:path";
import { createDb } from "@flotilla/db";
import { migrate } from "@flotilla/db/migrate";
import { samples } from "@flotilla/samples";
import { prepareOrganisation } from "@flotilla/services";
import { loadOrCreateCa } from "@flotilla/trust/ca";
import type { DataDirectory } from "./data-directory.ts";
import { readDeviceId } from "./device-identity.ts";
import { openServices } from "./open-services.ts";
import { prepareDemoFleet } from "./prepare-demo-fleet.ts";

export interface PreparedData {
  migrations: number;
  organisationId: string;
  /** One-time token of the first owner; null once there is one. */
  setupToken: string | null;
  devices: { name: string; token: string | null }[];
  caFingerprint: string;
  /** The images that demo devices replay. */
  images: string;
}

/** Brings the database to the newest schema and makes what a first start needs: an organisation, a CA, the demo fleet's token. */
export async function prepareData(options: {
  adminUrl: string;
  databaseUrl: string;
  directory: DataDirectory;
  devices: number;
}): Promise<PreparedData> {
  const { directory } = options;
  await createDatabase(options.adminUrl);
  const migrations = await migrate(options.databaseUrl);
  const ca = await loadOrCreateCa(directory.secrets);
  const { ctx, close } = openServices(options.databaseUrl, directory);
  try {
    const { organisationId, setupToken } = await prepareOrganisation(ctx);
    const names = Array.from({ length: options.devices }, (_, index) => `demo-${index + 1}`);
    const missing = await Promise.all(names.map(async (name) => (await readDeviceId(path.join(directory.devices, name))) === null));
    const token = await prepareDemoFleet(ctx, { organisationId, missing: missing.filter(Boolean).length });
    return {
      migrations: migrations.length,
      organisationId,
      setupToken,
      devices: names.map((name, index) => ({ name, token: missing[index] === true ? token : null })),
      caFingerprint: new X509Certificate(ca.certificatePem).fingerprint256.replaceAll(":", "").toLowerCase(),
      images: samples.mnistTestImages,
    };
  } finally {
    await close();
  }
}

async function createDatabase(adminUrl: string): Promise<void> {
  const admin = createDb({ url: adminUrl, maxConnections: 1 });
  try {
    const found = await admin.query("SELECT 1 FROM pg_database WHERE datname = 'flotilla'");
    if (found.length === 0) await admin.query("CREATE DATABASE flotilla");
  } finally {
    await admin.close();
  }
}
