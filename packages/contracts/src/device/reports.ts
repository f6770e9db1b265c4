import { z } from "zod";
import { idSchema, instantSchema, sha256Schema } from "../ids.ts";
import { MAX_LOG_LINES } from "./max-log-lines.ts";
import { reasonSchema, text } from "./reason.ts";

export { type Reason, reasonSchema } from "./reason.ts";
export { MAX_LOG_LINES } from "./max-log-lines.ts";

/** What a device says is stored together with the whole fleet's: a number or text that Postgres refuses would fail every report of its batch. */
const int4 = z
  .number()
  .int()
  .max(2 ** 31 - 1);
const MAX_CLASSES = 100;

/** Phases of the agent, in the order a release passes through them. */
export const agentPhases = [
  "IDLE",
  "PREFLIGHT",
  "DOWNLOADING",
  "VERIFYING",
  "STAGED",
  "ACTIVATING",
  "PROBING",
  "ACTIVE",
  "REFUSED",
  "REJECTED",
  "ROLLED_BACK",
] as const;
export const agentPhaseSchema = z.enum(agentPhases);
export type AgentPhase = z.infer<typeof agentPhaseSchema>;

/** What the probe measured on the device. */
export const probeResultSchema = z.object({
  goldenCount: z.number().int(),
  goldenAgreement: z.number().nullable(),
  latencyP50Ms: z.number(),
  latencyP95Ms: z.number(),
  /** p95 of the release that ran before, measured in the same probe, interleaved; null on a first install. */
  baselineP95Ms: z.number().nullable(),
  memoryBytes: z.number().int(),
  baselineMemoryBytes: z.number().int().nullable(),
});
export type ProbeResult = z.infer<typeof probeResultSchema>;

const numbered = {
  /** Random per agent start. `(bootId, n)` makes a report idempotent; n grows by one within a boot. */
  bootId: idSchema,
  n: int4.nonnegative(),
  at: instantSchema,
};

/** Starts of an agent that one of its reports names. */
export const MAX_EARLIER_BOOTS = 8;

export const stateReportSchema = z.object({
  kind: z.literal("state"),
  ...numbered,
  /** Starts of the agent before this one, newest first: what a broker still holds of them is older, though it may be heard later. */
  earlierBootIds: z.array(idSchema).max(MAX_EARLIER_BOOTS).optional(),
  seq: int4.nonnegative(),
  phase: agentPhaseSchema,
  releaseId: idSchema.nullable(),
  /** The variant this phase is about. */
  variantSha256: sha256Schema.nullable(),
  /** What actually serves inference now: proved by its digest. */
  running: z.object({ releaseId: idSchema, variantSha256: sha256Schema }).nullable(),
  /** Present in the other slot and able to run without a download. */
  standby: z.object({ releaseId: idSchema, variantSha256: sha256Schema }).nullable(),
  /** 0…1 while downloading. */
  progress: z.number().min(0).max(1).optional(),
  reason: reasonSchema.optional(),
  probe: probeResultSchema.optional(),
});
export type StateReport = z.infer<typeof stateReportSchema>;

/** Upper bounds in ms of the latency histogram's buckets; the last bucket is open. */
export const LATENCY_BUCKETS_MS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500] as const;

export const metricsReportSchema = z.object({
  kind: z.literal("metrics"),
  ...numbered,
  windowSeconds: z.number().positive(),
  releaseId: idSchema.nullable(),
  inferenceCount: int4.nonnegative(),
  errorCount: int4.nonnegative(),
  /** Counts per bucket of LATENCY_BUCKETS_MS plus one open bucket. */
  latencyHistogram: z.array(z.number().int().nonnegative()).length(LATENCY_BUCKETS_MS.length + 1),
  latencyP50Ms: z.number().nullable(),
  latencyP95Ms: z.number().nullable(),
  memoryBytes: z.number().int().nonnegative(),
  temperatureC: z.number().nullable(),
  /** Top-1 counts per class index since the last report; at most 100 classes. */
  classCounts: z
    .record(text(32), z.number().int())
    .refine((counts) => Object.keys(counts).length <= MAX_CLASSES, `at most ${MAX_CLASSES} classes are counted`)
    .default({}),
  /** Mean of the winning score, null where the output is not a class. */
  meanConfidence: z.number().nullable(),
});
export type MetricsReport = z.infer<typeof metricsReportSchema>;

/** Something an operator must see: a refused forgery, a replayed release, a rejected artifact. */
export const securityReportSchema = z.object({
  kind: z.literal("security"),
  ...numbered,
  reason: reasonSchema,
  releaseId: idSchema.nullable(),
});
export type SecurityReport = z.infer<typeof securityReportSchema>;

export const deviceLogLevels = ["warning", "error"] as const;
export const deviceLogLineSchema = z.object({ at: instantSchema, level: z.enum(deviceLogLevels), message: text(500) });
export type DeviceLogLine = z.infer<typeof deviceLogLineSchema>;

/** What the agent's own log warns of: the end of it, for whoever cannot get at the device. */
export const logReportSchema = z.object({
  kind: z.literal("log"),
  ...numbered,
  lines: z.array(deviceLogLineSchema).min(1).max(MAX_LOG_LINES),
});
export type LogReport = z.infer<typeof logReportSchema>;

export const reportSchema = z.discriminatedUnion("kind", [stateReportSchema, metricsReportSchema, securityReportSchema, logReportSchema]);
export type Report = z.infer<typeof reportSchema>;
