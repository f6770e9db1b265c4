import { randomUUID } from "node:crypto";
import { createLiveHub, type LiveHub } from "@flotilla/api";
import { type BlobStore, createFileBlobStore, createS3BlobStore } from "@flotilla/blob";
import { createDb, followDatabaseClock, listenLive } from "@flotilla/db";
import { createQueue } from "@flotilla/jobs";
import { createLogger } from "@flotilla/logger";
import { type Auth, createAuth, type ServiceContext } from "@flotilla/services";
import { createTusServer, type TusServer } from "@flotilla/services/tus";
import { type Env, env } from "./env.ts";
import { readCaFingerprint } from "./read-ca-fingerprint.ts";
import { startSweeping } from "./sweep-uploads.ts";

/** What route handlers and pages share: made once a process. */
export interface WebServices {
  services: ServiceContext;
  auth: Auth;
  live: LiveHub;
  tus: TusServer;
}

/** Next loads modules once per bundle; the process must still have one pool, one queue and one listener. */
const SLOT = Symbol.for("flotilla.web.services");
const slots = globalThis as { [SLOT]?: Promise<WebServices> };

export function webServices(): Promise<WebServices> {
  slots[SLOT] ??= start().catch((error: unknown) => {
    // The next request tries again: the database may only be late.
    delete slots[SLOT];
    createLogger("web").error({ err: error }, "the web process is not ready");
    throw error;
  });
  return slots[SLOT];
}

async function start(): Promise<WebServices> {
  const settings = env();
  const logger = createLogger("web", settings.LOG_LEVEL);
  const enrolment = {
    webUrl: settings.PUBLIC_WEB_URL,
    gatewayUrl: settings.PUBLIC_GATEWAY_URL,
    caFingerprint: await readCaFingerprint(settings.CA_FILE),
  };
  const queue = createQueue({ url: settings.DATABASE_URL, logger, maxConnections: 2 });
  await queue.start();
  const db = createDb({ url: settings.DATABASE_URL, maxConnections: 12 });
  const clock = await followDatabaseClock(db);
  const services: ServiceContext = {
    db,
    blob: createBlobStore(settings),
    queue,
    clock: () => clock.now(),
    logger,
    uploadDirectory: settings.UPLOAD_DIR,
    enrolment,
    simulatesDevices: settings.SIMULATED_DEVICES === "supervisor",
  };
  const auth = createAuth({ db, secret: settings.AUTH_SECRET, logger, publicUrl: settings.PUBLIC_WEB_URL });
  const live = createLiveHub({ bootId: randomUUID(), listen: (onEvent, onGap) => listenLive(settings.DATABASE_URL, onEvent, { onGap }) });
  // Next stops once every connection has ended, and a tab's live stream never ends by itself.
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void live.stop());
  startSweeping(services, settings.UPLOAD_DIR);
  return { services, auth, live, tus: createTusServer({ services, directory: settings.UPLOAD_DIR }) };
}

function createBlobStore(settings: Env): BlobStore {
  if (settings.S3_BUCKET === undefined) return createFileBlobStore({ directory: settings.BLOB_DIR ?? "" });
  return createS3BlobStore({
    bucket: settings.S3_BUCKET,
    region: settings.S3_REGION,
    cacheDirectory: settings.S3_CACHE_DIR ?? settings.UPLOAD_DIR,
    ...(settings.S3_ENDPOINT === undefined ? {} : { endpoint: settings.S3_ENDPOINT }),
    ...(settings.S3_PREFIX === undefined ? {} : { prefix: settings.S3_PREFIX }),
  });
}
