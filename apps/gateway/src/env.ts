import { hostname } from "node:os";
import { DEFAULT_RETENTION } from "@flotilla/services";
import { z } from "zod";

const schema = z
  .object({
    DATABASE_URL: z.string().min(1),
    /** Blobs as files, or else in S3. */
    BLOB_DIR: z.string().min(1).optional(),
    S3_BUCKET: z.string().min(1).optional(),
    S3_REGION: z.string().default("us-east-1"),
    S3_ENDPOINT: z.url().optional(),
    S3_PREFIX: z.string().default(""),
    /** Where the CA and the release signing key lie. */
    SECRETS_DIR: z.string().min(1),
    GATEWAY_HOST: z.string().default("0.0.0.0"),
    GATEWAY_PORT: z.coerce.number().int().min(0).max(65_535),
    /** How devices reach this process; its host name goes into the server certificate. */
    PUBLIC_GATEWAY_URL: z.url().optional(),
    /** `mqtts://…` as this process reaches the broker. Absent: no broker, devices poll. */
    BROKER_URL: z.string().optional(),
    /** The file that the broker reads its revocation list from: Mosquitto's `crlfile`. Absent: the embedded broker. */
    BROKER_CRL_FILE: z.string().min(1).optional(),
    /** `mqtts://…` as devices reach it; BROKER_URL when absent. */
    PUBLIC_BROKER_URL: z.string().optional(),
    /** How long devices' metrics and events are kept, the same for every organisation. */
    METRIC_RETENTION_DAYS: z.coerce.number().int().min(1).default(DEFAULT_RETENTION.metricDays),
    EVENT_RETENTION_DAYS: z.coerce.number().int().min(1).default(DEFAULT_RETENTION.eventDays),
    LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
  })
  .refine((env) => env.BLOB_DIR !== undefined || env.S3_BUCKET !== undefined, "set BLOB_DIR (files) or S3_BUCKET");

/** The gateway's environment, read once. */
export const env = schema.parse(process.env);

/** Every name under which devices reach the gateway. */
export const serverNames: readonly string[] = [
  ...new Set([
    "localhost",
    "127.0.0.1",
    "::1",
    hostname().toLowerCase(),
    ...(env.PUBLIC_GATEWAY_URL === undefined ? [] : [hostOf(env.PUBLIC_GATEWAY_URL)]),
  ]),
];

function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, "");
}
