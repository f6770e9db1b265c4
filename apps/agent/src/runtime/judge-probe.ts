import type { DeviceGates, ProbeResult, Reason } from "@flotilla/contracts";

/**
 * The release's gates against what was measured on this device. null when all hold.
 *
 * @param judgeRatios false for a release that has proved itself here before: a revert may be slower than what it takes back
 */
export function judgeProbe(gates: DeviceGates, probe: ProbeResult, judgeRatios: boolean): Reason | null {
  return golden(gates, probe) ?? latency(gates, probe, judgeRatios) ?? memory(gates, probe, judgeRatios);
}

function golden(gates: DeviceGates, probe: ProbeResult): Reason | null {
  const { goldenAgreement: agreement, goldenCount: count } = probe;
  if (gates.goldenAgreementMin === null || agreement === null || agreement >= gates.goldenAgreementMin) return null;
  const agreed = Math.round(agreement * count);
  return {
    code: "PROBE_GOLDEN_FAILED",
    message: `On this device the release agrees with its source model on ${agreed} of ${count} golden inputs (${percent(agreement)}); its gate asks for at least ${percent(gates.goldenAgreementMin)}.`,
  };
}

function latency(gates: DeviceGates, probe: ProbeResult, judgeRatios: boolean): Reason | null {
  const { latencyP95Ms: p95, baselineP95Ms: baseline } = probe;
  if (gates.latencyP95MaxMs !== null && p95 > gates.latencyP95MaxMs) {
    return {
      code: "PROBE_TOO_SLOW",
      message: `On this device the release takes ${p95.toFixed(2)} ms at p95; its gate allows ${gates.latencyP95MaxMs} ms.`,
    };
  }
  if (!judgeRatios || gates.latencyP95MaxRatio === null || baseline === null || p95 <= baseline * gates.latencyP95MaxRatio) return null;
  return {
    code: "PROBE_TOO_SLOW",
    message: `On this device the release takes ${p95.toFixed(2)} ms at p95, ${(p95 / baseline).toFixed(2)} times the ${baseline.toFixed(2)} ms of the running one; its gate allows ${gates.latencyP95MaxRatio} times.`,
  };
}

function memory(gates: DeviceGates, probe: ProbeResult, judgeRatios: boolean): Reason | null {
  const { memoryBytes: bytes, baselineMemoryBytes: baseline } = probe;
  if (gates.memoryMaxBytes !== null && bytes > gates.memoryMaxBytes) {
    return {
      code: "PROBE_TOO_MUCH_MEMORY",
      message: `On this device the release takes ${megabytes(bytes)} of memory; its gate allows ${megabytes(gates.memoryMaxBytes)}.`,
    };
  }
  if (!judgeRatios || gates.memoryMaxRatio === null || baseline === null || bytes <= baseline * gates.memoryMaxRatio) return null;
  return {
    code: "PROBE_TOO_MUCH_MEMORY",
    message: `On this device the release takes ${megabytes(bytes)} of memory, ${(bytes / baseline).toFixed(2)} times the ${megabytes(baseline)} of the running one; its gate allows ${gates.memoryMaxRatio} times.`,
  };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
