import { z } from "zod";

const pair = z.string().regex(/^[^=]{1,64}=.{0,256}$/, "a tag is written key=value");

/** Everything that the agent can be told, after flags and environment were merged. Times in ms. */
export const agentOptionsSchema = z.object({
  server: z
    .url({ protocol: /^https$/, error: "--server is the address of the device API and begins with https://" })
    .transform((url) => url.replace(/\/+$/, "")),
  data: z.string().min(1),
  token: z.string().min(1).optional(),
  name: z.string().min(1).max(120),
  tags: z.array(pair).default([]),
  /** PEM file of the server's CA. */
  ca: z.string().optional(),
  /** SHA-256 of the CA certificate (DER), hex, colons allowed. */
  caFingerprint: z
    .string()
    .transform((text) => text.replaceAll(":", "").toLowerCase())
    .pipe(z.string().regex(/^[0-9a-f]{64}$/, "--ca-fingerprint is the SHA-256 of the CA certificate: 64 hex digits"))
    .optional(),
  profile: z.string().max(64).optional(),
  port: z.coerce.number().int().min(0).max(65_535).default(0),
  threads: z.coerce.number().int().min(1).max(64).default(1),
  pollIntervalMs: z.coerce
    .number()
    .positive()
    .default(30 * 60_000),
  metricsIntervalMs: z.coerce.number().positive().default(60_000),
  /** A host whose heartbeat is older is taken for hung. */
  hangTimeoutMs: z.coerce.number().positive().default(30_000),
  /** How long a model may take to load. */
  startTimeoutMs: z.coerce.number().positive().default(60_000),
  replay: z.string().optional(),
  replayIntervalMs: z.coerce.number().min(1).default(1000),
  logLevel: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
  /** Waits at the beginning of this phase, for ever: kill tests end the agent there. */
  hold: z.enum(["VERIFYING", "STAGED", "ACTIVATING", "PROBING"]).optional(),
});
export type AgentOptions = z.infer<typeof agentOptionsSchema>;
