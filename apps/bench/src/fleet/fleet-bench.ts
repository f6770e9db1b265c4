import path from "node:path";
import { createFileBlobStore } from "@flotilla/blob";
import { createDb, type Db } from "@flotilla/db";
import { createLogger } from "@flotilla/logger";
import type { Actor, ServiceContext } from "@flotilla/services";
import { loadOrCreateCa } from "@flotilla/trust/ca";
import { loadOrCreateSigner } from "@flotilla/trust/sign";
import { Generator } from "./generator/generator.ts";
import { CACHE_DIRECTORY, type Identity, makeIdentities } from "./setup/make-identities.ts";
import { seedDevices } from "./setup/seed-devices.ts";
import { type ReleaseSource, seedRelease } from "./setup/seed-release.ts";
import { type Stack, startStack } from "./setup/start-stack.ts";

export interface Sizes {
  /** Devices of the big sections. */
  readonly devices: number;
  readonly exercise: number;
  readonly repetitions: number;
  /** Of the reports' section. */
  readonly seconds: number;
  /** Rows of the largest tables and rollouts. */
  readonly many: number;
  readonly asBuilt: boolean;
}

/** What devices connect to instead of the stack's own. */
export interface OtherServers {
  /** Of a broker without TLS. */
  readonly plainBrokerPort?: number;
  readonly gatewayPort?: number;
}

/** A running stack, what the sections need to fill it, and the sizes of this run. */
export interface FleetBench {
  readonly stack: Stack;
  readonly db: Db;
  readonly ctx: ServiceContext;
  readonly actor: Actor;
  readonly releases: ReleaseSource;
  readonly sizes: Sizes;
  readonly caPem: string;
  readonly say: (what: string) => void;
  /** An empty organisation with `count` devices that can connect; answers with their group. */
  seed(count: number): Promise<string>;
  /** Assigns one new release, whose only file is `bytes`, to every seeded device: rows only, no hint. */
  assignSomething(bytes?: Buffer): Promise<{ releaseId: string; sha256: string }>;
  identityIds(count: number): string[];
  /** Starts `count` of the seeded devices' cores, for the stack or for other servers. */
  startGenerator(count: number, processes: number, others?: OtherServers): Promise<Generator>;
  stop(): Promise<void>;
}

const IDENTITIES_FILE = path.join(CACHE_DIRECTORY, "identities.json");
const EMPTY_SQL = `TRUNCATE device, rollout, rollout_device, release, model, "group", outbox, device_event, device_metric, artifact_fetch CASCADE`;

export async function openFleetBench(sizes: Sizes, say: (what: string) => void): Promise<FleetBench> {
  say("making identities (kept for the next run)");
  const identities = await makeIdentities(sizes.devices);
  say("starting the stack (the first time it builds the dashboard)");
  const stack = await startStack(sizes);
  const db = createDb({ url: stack.databaseUrl, maxConnections: 4 });
  const secrets = path.join(stack.directory, "secrets");
  const [signer, ca] = [await loadOrCreateSigner(secrets), await loadOrCreateCa(secrets)];
  const blob = createFileBlobStore({ directory: path.join(stack.directory, "blobs") });
  const [organisation] = await db.query<{ id: string }>("SELECT id FROM organization");
  const organisationId = organisation?.id ?? "";
  const queue = { enqueue: () => Promise.reject(new Error("the bench enqueues nothing")) };
  const ctx: ServiceContext = { db, blob, queue, clock: () => new Date(), logger: createLogger("bench", "warn") };
  const setup = {
    identitiesFile: IDENTITIES_FILE,
    caPem: ca.certificatePem,
    gatewayPort: stack.ports.gateway,
    brokerPort: stack.ports.broker,
    trustedKeys: [signer.trustedKey],
  };
  return {
    ...{ stack, db, ctx, sizes, say, caPem: ca.certificatePem },
    actor: { userId: "bench", name: "bench", organisationId, role: "owner" },
    releases: { db, blob, signer, organisationId },
    seed: async (count) => await reseed(db, organisationId, identities.slice(0, count)),
    assignSomething: async (bytes = Buffer.from(`assigned ${Date.now()}`)) => await assignAll({ db, blob, signer, organisationId }, bytes),
    identityIds: (count) => identities.slice(0, count).map(({ id }) => id),
    startGenerator: async (count, processes, { plainBrokerPort, gatewayPort = stack.ports.gateway } = {}) => {
      const broker = plainBrokerPort === undefined ? { mqttTls: true } : { mqttTls: false, brokerPort: plainBrokerPort };
      return await Generator.start({ ...setup, ...broker, gatewayPort }, count, processes);
    },
    stop: async () => {
      await db.close();
      await stack.stop();
    },
  };
}

async function reseed(db: Db, organisationId: string, identities: readonly Identity[]): Promise<string> {
  await db.query(EMPTY_SQL);
  return await seedDevices(db, organisationId, identities, { group: "all" });
}

async function assignAll(source: ReleaseSource, bytes: Buffer): Promise<{ releaseId: string; sha256: string }> {
  const { releaseId, file } = await seedRelease(source, bytes);
  await source.db.query(
    `INSERT INTO assignment ("deviceId", "organisationId", seq, "releaseId", "variantId")
     SELECT s."deviceId", $1, s.seq + 1, r.id, r."variantIds"[1] FROM device_status s, release r WHERE r.id = $2::uuid
     ON CONFLICT ("deviceId") DO UPDATE SET seq = assignment.seq + 1, "releaseId" = EXCLUDED."releaseId", "variantId" = EXCLUDED."variantId"`,
    [source.organisationId, releaseId],
  );
  return { releaseId, sha256: file.sha256 };
}
