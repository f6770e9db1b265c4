import { z } from "zod";

/** What the agent asks an inference host over the IPC channel of its child process. Every request has one answer of the same id. */
export const hostRequestSchema = z.discriminatedUnion("kind", [
  /** Replay golden samples [from, to) of the host's own release. */
  z.object({ id: z.number().int(), kind: z.literal("golden"), from: z.number().int(), to: z.number().int() }),
  /** Run one golden sample of `directory` and say how long it took. `directory` may be the other slot's. */
  z.object({
    id: z.number().int(),
    kind: z.literal("time"),
    directory: z.string(),
    files: z.array(z.string()),
    sample: z.number().int(),
    runs: z.number().int().positive(),
  }),
  z.object({ id: z.number().int(), kind: z.literal("memory") }),
  z.object({ id: z.number().int(), kind: z.literal("metrics") }),
]);
export type HostRequest = z.infer<typeof hostRequestSchema>;

export const goldenAnswerSchema = z.object({ count: z.number().int(), agreed: z.number().int() });
export const timeAnswerSchema = z.object({ latenciesMs: z.array(z.number()) });
/** `peakBytes` is VmHWM. */
export const memoryAnswerSchema = z.object({ peakBytes: z.number(), rssBytes: z.number() });
/** Counted since the request before. */
export const hostMetricsSchema = z.object({
  inferenceCount: z.number().int(),
  errorCount: z.number().int(),
  histogram: z.array(z.number().int()),
  latencyP50Ms: z.number().nullable(),
  latencyP95Ms: z.number().nullable(),
  rssBytes: z.number(),
  classCounts: z.record(z.string(), z.number().int()),
  meanConfidence: z.number().nullable(),
});
export type HostMetrics = z.infer<typeof hostMetricsSchema>;

export const hostMessageSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ready") }),
  z.object({ kind: z.literal("failed"), message: z.string() }),
  z.object({ kind: z.literal("beat") }),
  z.object({ kind: z.literal("answer"), id: z.number().int(), value: z.unknown() }),
  z.object({ kind: z.literal("error"), id: z.number().int(), message: z.string() }),
]);
export type HostMessage = z.infer<typeof hostMessageSchema>;

export const HEARTBEAT_MS = 1000;
