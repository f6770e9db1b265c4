import path from "node:path";
import { createLogger } from "@flotilla/logger";
import { loadOrCreateCa } from "@flotilla/trust/ca";
import { createBroker } from "./create-broker.ts";
import { env, serverNames } from "./env.ts";

const logger = createLogger("broker", env.LOG_LEVEL);
const ca = await loadOrCreateCa(env.SECRETS_DIR);
const { certPem, keyPem } = await ca.issueServer(serverNames, path.join(env.SECRETS_DIR, "broker"));
const broker = await createBroker({
  host: env.BROKER_HOST,
  port: env.BROKER_PORT,
  // The CA goes along, so that a device that knows only its fingerprint can pin it.
  cert: certPem + ca.certificatePem,
  key: keyPem,
  ca: ca.certificatePem,
  logger,
  clock: () => new Date(),
});
logger.info({ port: broker.port }, "broker listens");

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    void broker.close().finally(() => process.exit(0));
  });
}
