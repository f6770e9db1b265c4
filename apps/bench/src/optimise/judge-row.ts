import type { ValidationGate } from "@flotilla/contracts";
import { evaluateGates } from "@flotilla/validate/metrics";
import type { Measured, Row } from "./measure-case.ts";

/** The gates of a row, judged as the product judges them: what was lost, and how much runs on integers. Names those that fail. */
export function failedGates({ model, sourceScore }: Measured, row: Row): string[] {
  const lossGate: ValidationGate =
    model.labels === null
      ? { metric: "agreement", comparison: "at-least", limit: 1 - model.maxLoss / 100 }
      : { metric: "accuracy-drop", comparison: "at-most", limit: model.maxLoss };
  const latency = { minMs: row.speed, p50Ms: row.speed, p95Ms: row.speed, runs: 1 };
  const { gates } = evaluateGates(
    {
      sampleCount: model.test.count,
      machine: "",
      numerics: [],
      differenceHistogram: null,
      agreement: model.labels === null ? row.score : null,
      accuracy: model.labels === null ? null : { source: sourceScore, variant: row.score, labelled: model.test.count },
      confusion: null,
      perClass: [],
      disagreements: [],
      latency: { source: latency, variant: latency, threads: 1 },
      sizeBytes: { source: model.sourceBytes, variant: row.bytes, variantCompressed: row.bytes },
      peakMemoryBytes: { source: null, variant: null },
      placement: row.placement,
    },
    [lossGate, { metric: "integer-kernels", comparison: "at-least", limit: INTEGER_SHARE }],
  );
  return gates.filter(({ verdict }) => verdict === "fail").map(({ metric }) => metric);
}

/** Share of the quantised nodes that x64 must run as integer kernels. */
export const INTEGER_SHARE = 0.95;
