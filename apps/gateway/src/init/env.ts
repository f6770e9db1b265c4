import { z } from "zod";

const schema = z.object({
  DATABASE_URL: z.string().min(1),
  /** Gets the CA, the release signing key and the gateways' client certificate: for gateways and workers only. */
  SECRETS_DIR: z.string().min(1),
  /** Gets what Mosquitto reads: ca.pem, server.pem, revoked.crl. Gateways write the list there. */
  BROKER_SECRETS_DIR: z.string().min(1),
  /** Gets ca.pem alone, for the dashboard. */
  TRUST_DIR: z.string().min(1),
  /** Under which names devices and gateways reach the broker, by comma. */
  BROKER_NAMES: z
    .string()
    .min(1)
    .transform((names) => names.split(",").map((name) => name.trim())),
  PUBLIC_WEB_URL: z.url().default("http://localhost:3000"),
  S3_BUCKET: z.string().min(1).optional(),
  S3_REGION: z.string().default("us-east-1"),
  S3_ENDPOINT: z.url().optional(),
});

/** The environment of the one-shot preparation, read once. */
export const env = schema.parse(process.env);
