import { z } from "zod";

const schema = z
  .object({
    DATABASE_URL: z.string().min(1),
    /** Blobs as files; or S3_BUCKET and its companions. */
    BLOB_DIR: z.string().min(1).optional(),
    S3_BUCKET: z.string().min(1).optional(),
    S3_REGION: z.string().default("us-east-1"),
    S3_ENDPOINT: z.url().optional(),
    S3_PREFIX: z.string().optional(),
    S3_CACHE_DIR: z.string().optional(),
    /** Uploads while they arrive; on the disk of this process. */
    UPLOAD_DIR: z.string().min(1),
    AUTH_SECRET: z.string().min(32, "AUTH_SECRET signs the session cookies: give at least 32 random characters"),
    /** Where browsers reach the dashboard; https makes the session cookie secure. */
    PUBLIC_WEB_URL: z.url().default("http://localhost:3000"),
    /** Where devices reach the gateway; shown in the command that enrols one. */
    PUBLIC_GATEWAY_URL: z.url().default("https://localhost:8443"),
    /** The certificate by which devices recognise the gateway (PEM); its key is not for this process. */
    CA_FILE: z.string().min(1),
    /** The bundled agent that `/agent.js` serves; the working directory is apps/web. */
    AGENT_FILE: z.string().min(1).default("../agent/dist/agent.js"),
    /** `supervisor`: the stack beside this process simulates devices when asked to. Set by `npm start` only. */
    SIMULATED_DEVICES: z.enum(["none", "supervisor"]).default("none"),
    LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
  })
  .refine((env) => (env.BLOB_DIR === undefined) !== (env.S3_BUCKET === undefined), "set either BLOB_DIR or S3_BUCKET");

export type Env = z.infer<typeof schema>;

let parsed: Env | undefined;

/** The environment, read and checked at its first use: a build loads this module without one. */
export function env(): Env {
  if (parsed !== undefined) return parsed;
  const result = schema.safeParse(process.env);
  if (!result.success) throw new Error(`The environment of the web process is not complete: ${z.prettifyError(result.error)}`);
  parsed = result.data;
  return parsed;
}
