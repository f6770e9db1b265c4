import type { DeviceGates, ProbeResult } from "@flotilla/contracts";
import { describe, expect, it } from "vitest";
import { judgeProbe } from "./judge-probe.ts";

const gates: DeviceGates = {
  goldenAgreementMin: 0.9,
  latencyP95MaxMs: 20,
  latencyP95MaxRatio: 1.5,
  memoryMaxBytes: 200e6,
  memoryMaxRatio: 2,
};
const good: ProbeResult = {
  goldenCount: 32,
  goldenAgreement: 1,
  latencyP50Ms: 5,
  latencyP95Ms: 8,
  baselineP95Ms: 8,
  memoryBytes: 100e6,
  baselineMemoryBytes: 100e6,
};

describe("the gates of a release, on the device", () => {
  it.each([
    ["all hold", {}, null, ""],
    ["agreement exactly at its limit holds", { goldenAgreement: 0.9 }, null, ""],
    ["golden set", { goldenAgreement: 0.5 }, "PROBE_GOLDEN_FAILED", "16 of 32 golden inputs (50.0 %); its gate asks for at least 90.0 %"],
    ["absolute latency", { latencyP95Ms: 21, baselineP95Ms: null }, "PROBE_TOO_SLOW", "21.00 ms at p95; its gate allows 20 ms"],
    [
      "latency against the running one",
      { latencyP95Ms: 16 },
      "PROBE_TOO_SLOW",
      "2.00 times the 8.00 ms of the running one; its gate allows 1.5 times",
    ],
    ["first install has nothing to be compared with", { latencyP95Ms: 16, baselineP95Ms: null, baselineMemoryBytes: null }, null, ""],
    [
      "absolute memory",
      { memoryBytes: 201e6, baselineMemoryBytes: null },
      "PROBE_TOO_MUCH_MEMORY",
      "201.0 MB of memory; its gate allows 200.0 MB",
    ],
    [
      "memory against the running one",
      { memoryBytes: 150e6, baselineMemoryBytes: 50e6 },
      "PROBE_TOO_MUCH_MEMORY",
      "3.00 times the 50.0 MB",
    ],
  ] as [string, Partial<ProbeResult>, string | null, string][])("%s", (_, change, code, sentence) => {
    const reason = judgeProbe(gates, { ...good, ...change }, true);
    expect(reason?.code ?? null).toBe(code);
    if (reason !== null) expect(reason.message).toContain(sentence);
  });

  it("a revert is held to the absolute gates only", () => {
    expect(judgeProbe(gates, { ...good, latencyP95Ms: 16, memoryBytes: 190e6, baselineMemoryBytes: 50e6 }, false)).toBeNull();
    expect(judgeProbe(gates, { ...good, latencyP95Ms: 25 }, false)?.code).toBe("PROBE_TOO_SLOW");
  });

  it("a gate that is null is off", () => {
    const off: DeviceGates = {
      goldenAgreementMin: null,
      latencyP95MaxMs: null,
      latencyP95MaxRatio: null,
      memoryMaxBytes: null,
      memoryMaxRatio: null,
    };
    expect(judgeProbe(off, { ...good, goldenAgreement: 0, latencyP95Ms: 1e6, memoryBytes: 1e12 }, true)).toBeNull();
  });
});
