import { hostname } from "node:os";
import { z } from "zod";

const schema = z.object({
  BROKER_HOST: z.string().default("127.0.0.1"),
  BROKER_PORT: z.coerce.number().int().min(0).max(65_535),
  /** Where the CA lies. */
  SECRETS_DIR: z.string().min(1),
  /** DNS names and addresses in the server certificate, by comma, besides this machine's own. */
  BROKER_NAMES: z
    .string()
    .default("")
    .transform((names) => names.split(",").filter((name) => name !== "")),
  /** `mqtts://…` as devices reach this process; its host name goes into the certificate. */
  PUBLIC_BROKER_URL: z.url().optional(),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
});

/** The broker's environment, read once. */
export const env = schema.parse(process.env);

const publicNames = env.PUBLIC_BROKER_URL === undefined ? [] : [new URL(env.PUBLIC_BROKER_URL).hostname.replace(/^\[|\]$/g, "")];

/** Every name under which devices on this machine and its network reach the broker. */
export const serverNames: readonly string[] = [
  ...new Set(["localhost", "127.0.0.1", "::1", hostname().toLowerCase(), ...publicNames, ...env.BROKER_NAMES]),
];
