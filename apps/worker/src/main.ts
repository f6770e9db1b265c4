import { createLogger } from "@flotilla/logger";
import { createWorker } from "./create-worker.ts";
import { readEnv } from "./env.ts";
import { openBlobStore } from "./open-blob-store.ts";

const env = readEnv();
const logger = createLogger("worker", env.LOG_LEVEL);
const worker = createWorker({
  databaseUrl: env.DATABASE_URL,
  blob: openBlobStore(env),
  secretsDirectory: env.SECRETS_DIR,
  temporaryDirectory: env.TEMP_DIR,
  logger,
  limits: { childMemoryBytes: env.CHILD_MEMORY_MB * 2 ** 20 },
});

let stopping = false;
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    worker.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, "the worker did not stop cleanly");
        process.exit(1);
      },
    );
  });
}

await worker.start();
