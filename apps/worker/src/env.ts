import { tmpdir } from "node:os";
import { join } from "node:path";
import { logLevels } from "@flotilla/logger";
import { z } from "zod";

const schema = z.object({
  DATABASE_URL: z.string().min(1),
  /** File blobs; or the S3_* variables. */
  BLOB_DIR: z.string().min(1).optional(),
  S3_BUCKET: z.string().min(1).optional(),
  S3_REGION: z.string().default("us-east-1"),
  S3_ENDPOINT: z.url().optional(),
  S3_PREFIX: z.string().optional(),
  S3_ACCESS_KEY_ID: z.string().optional(),
  S3_SECRET_ACCESS_KEY: z.string().optional(),
  SECRETS_DIR: z.string().min(1),
  LOG_LEVEL: z.enum(logLevels).default("info"),
  /** Resident memory that one child process may use. */
  CHILD_MEMORY_MB: z.coerce.number().int().min(256).default(2048),
  TEMP_DIR: z.string().min(1).default(join(tmpdir(), "flotilla-worker")),
});

export type Env = z.infer<typeof schema>;

/** The worker's settings, read once. Throws with every variable that is missing or wrong. */
export function readEnv(): Env {
  const parsed = schema.safeParse(process.env);
  if (!parsed.success) throw new Error(`The worker's environment is not complete: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
