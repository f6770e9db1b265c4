import { createFileBlobStore, ensureBucket } from "@flotilla/blob";
import { FlotillaError } from "@flotilla/contracts";
import { createDb } from "@flotilla/db";
import { migrate } from "@flotilla/db/migrate";
import { createLogger } from "@flotilla/logger";
import { prepareOrganisation, type ServiceContext } from "@flotilla/services";
import { env } from "./env.ts";
import { prepareInstallation } from "./prepare-installation.ts";

/** One-shot, before everything else starts: schema, first organisation, bucket, keys and certificates. Running it again changes nothing that is there. */
const logger = createLogger("init", "info");
const migrations = await migrate(env.DATABASE_URL);
logger.info({ migrations }, "the database has the newest schema");
await prepareInstallation({ secrets: env.SECRETS_DIR, broker: env.BROKER_SECRETS_DIR, trust: env.TRUST_DIR }, env.BROKER_NAMES);
if (env.S3_BUCKET !== undefined) {
  const endpoint = env.S3_ENDPOINT === undefined ? {} : { endpoint: env.S3_ENDPOINT };
  await ensureBucket({ bucket: env.S3_BUCKET, region: env.S3_REGION, ...endpoint });
}
const db = createDb({ url: env.DATABASE_URL, maxConnections: 1 });
const ctx: ServiceContext = {
  db,
  blob: createFileBlobStore({ directory: env.TRUST_DIR }),
  queue: { enqueue: () => Promise.reject(new FlotillaError("INTERNAL", "Nothing is enqueued while an installation is prepared.")) },
  clock: () => new Date(),
  logger,
};
const { setupToken } = await prepareOrganisation(ctx);
await db.close();
if (setupToken === null) logger.info({}, "prepared");
else logger.info({ setupUrl: `${env.PUBLIC_WEB_URL}/setup?token=${setupToken}` }, "prepared: open the link and become the first owner");
