import { describe, expect, it } from "vitest";
import { LATENCY_BUCKETS_MS, metricsReportSchema, securityReportSchema, stateReportSchema } from "./reports.ts";

const ID = "0198c0de-0000-7000-8000-000000000001";
const numbered = { bootId: ID, n: 1, at: "2026-01-01T00:00:00.000Z" };
const state = { kind: "state", ...numbered, seq: 1, phase: "IDLE", releaseId: null, variantSha256: null, running: null, standby: null };
const metrics = {
  kind: "metrics",
  ...numbered,
  windowSeconds: 60,
  releaseId: null,
  inferenceCount: 1,
  errorCount: 0,
  latencyHistogram: [...LATENCY_BUCKETS_MS, 0].map(() => 0),
  latencyP50Ms: null,
  latencyP95Ms: null,
  memoryBytes: 1,
  temperatureC: null,
  classCounts: { "7": 1 },
  meanConfidence: null,
};
const security = { kind: "security", ...numbered, reason: { code: "SIGNATURE_INVALID", message: "forged" }, releaseId: null };

/** One device's report shares a batch with the whole fleet's: what the database cannot hold must not get there. */
describe("a report that the database cannot hold is refused at the edge", () => {
  it("takes ordinary ones", () => {
    expect(stateReportSchema.safeParse(state).success).toBe(true);
    expect(metricsReportSchema.safeParse(metrics).success).toBe(true);
    expect(securityReportSchema.safeParse(security).success).toBe(true);
  });

  it.each([{ n: 2 ** 31 }, { seq: 2 ** 31 }])("a number beyond int4 in a state: %o", (change) => {
    expect(stateReportSchema.safeParse({ ...state, ...change }).success).toBe(false);
  });

  it.each([{ inferenceCount: 2 ** 31 }, { errorCount: 2 ** 31 }])("a count beyond int4 in metrics: %o", (change) => {
    expect(metricsReportSchema.safeParse({ ...metrics, ...change }).success).toBe(false);
  });

  it("a NUL in a text, which jsonb refuses", () => {
    const reason = { code: "SIGNATURE_INVALID", message: "a\u0000b" };
    expect(stateReportSchema.safeParse({ ...state, reason }).success).toBe(false);
    expect(securityReportSchema.safeParse({ ...security, reason }).success).toBe(false);
    expect(metricsReportSchema.safeParse({ ...metrics, classCounts: { "\u0000": 1 } }).success).toBe(false);
  });

  it("more than 100 classes, or a class with a long name", () => {
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [String(index), 1]));
    expect(metricsReportSchema.safeParse({ ...metrics, classCounts: many }).success).toBe(false);
    expect(metricsReportSchema.safeParse({ ...metrics, classCounts: { ["x".repeat(300)]: 1 } }).success).toBe(false);
  });
});
