import { FlotillaError } from "@flotilla/contracts";
import { createDb, followDatabaseClock } from "@flotilla/db";
import { createLogger } from "@flotilla/logger";
import type { DevicePlaneContext } from "@flotilla/services";
import { loadOrCreateCa } from "@flotilla/trust/ca";
import { loadOrCreateSigner } from "@flotilla/trust/sign";
import { env, serverNames } from "./env.ts";
import { openBlobStore } from "./open-blob-store.ts";
import { startGateway } from "./start-gateway.ts";

const STOP_TIMEOUT_MS = 8_000;

const logger = createLogger("gateway", env.LOG_LEVEL);
const db = createDb({ url: env.DATABASE_URL });
const brokerUrl = env.BROKER_URL ?? null;
const clock = await followDatabaseClock(db);
const signer = await loadOrCreateSigner(env.SECRETS_DIR);

const ctx: DevicePlaneContext = {
  db,
  blob: openBlobStore(env),
  queue: { enqueue: () => Promise.reject(new FlotillaError("INTERNAL", "The gateway puts nothing into the job queue.")) },
  clock: () => clock.now(),
  logger,
  signerKeys: [signer.trustedKey],
  ca: await loadOrCreateCa(env.SECRETS_DIR, () => clock.now()),
  brokerUrl: env.PUBLIC_BROKER_URL ?? brokerUrl,
};

const gateway = await startGateway({
  ctx,
  databaseUrl: env.DATABASE_URL,
  secretsDirectory: env.SECRETS_DIR,
  host: env.GATEWAY_HOST,
  port: env.GATEWAY_PORT,
  serverNames,
  brokerUrl,
  revocationListFile: env.BROKER_CRL_FILE,
  random: Math.random,
  retention: { metricDays: env.METRIC_RETENTION_DAYS, eventDays: env.EVENT_RETENTION_DAYS },
});
logger.info({ port: gateway.port }, "gateway listens");

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    // The database may be away: what cannot be written in time was never acknowledged as applied.
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
    void gateway.stop().then(async () => {
      clock.stop();
      await db.close();
      process.exit(0);
    });
  });
}
