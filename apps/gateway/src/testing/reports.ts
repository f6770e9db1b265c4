import { randomUUID } from "node:crypto";
import { LATENCY_BUCKETS_MS, type MetricsReport, type SecurityReport, type StateReport } from "@flotilla/contracts";

const at = (): string => new Date().toISOString();

export function stateReport(fields: Partial<StateReport> = {}): StateReport {
  return {
    kind: "state",
    bootId: randomUUID(),
    n: 0,
    at: at(),
    seq: 1,
    phase: "IDLE",
    releaseId: null,
    variantSha256: null,
    running: null,
    standby: null,
    ...fields,
  };
}

export function metricsReport(fields: Partial<MetricsReport> = {}): MetricsReport {
  return {
    kind: "metrics",
    bootId: randomUUID(),
    n: 0,
    at: at(),
    windowSeconds: 5,
    releaseId: null,
    inferenceCount: 10,
    errorCount: 0,
    latencyHistogram: [...LATENCY_BUCKETS_MS.map(() => 0), 10],
    latencyP50Ms: 1.5,
    latencyP95Ms: 2.5,
    memoryBytes: 5_000_000_000,
    temperatureC: null,
    classCounts: { "7": 10 },
    meanConfidence: 0.9,
    ...fields,
  };
}

export function securityReport(fields: Partial<SecurityReport> = {}): SecurityReport {
  const reason = { code: "SIGNATURE_INVALID", message: "The signature does not match." } as const;
  return { kind: "security", bootId: randomUUID(), n: 0, at: at(), reason, releaseId: null, ...fields };
}
