import type { GateMetric, GateVerdict, ValidationGate, ValidationReport } from "@flotilla/contracts";

/** A report before its gates were judged. */
export type Measurements = Omit<ValidationReport, "gates" | "passed">;

/**
 * Judges every gate with its numbers. A gate that cannot be measured (no labels, no classes) is "not-measurable" and does not
 * stop anything by itself; `passed` means that none failed.
 */
export function evaluateGates(measurements: Measurements, gates: readonly ValidationGate[]): { gates: GateVerdict[]; passed: boolean } {
  const verdicts = gates.map((gate) => judge(measurements, gate));
  return { gates: verdicts, passed: verdicts.every((verdict) => verdict.verdict !== "fail") };
}

function judge(measurements: Measurements, gate: ValidationGate): GateVerdict {
  const value = METRICS[gate.metric].read(measurements);
  const { label, format, missing } = METRICS[gate.metric];
  if (value === null || Number.isNaN(value))
    return { ...gate, verdict: "not-measurable", value: null, sentence: `${label} was not measured: ${missing}.` };
  const holds = gate.comparison === "at-most" ? value <= gate.limit : value >= gate.limit;
  const comparison = gate.comparison === "at-most" ? "at most" : "at least";
  return {
    ...gate,
    verdict: holds ? "pass" : "fail",
    value,
    sentence: `${label} is ${format(value)}; ${comparison} ${format(gate.limit)} is asked for.`,
  };
}

interface Metric {
  label: string;
  read: (measurements: Measurements) => number | null;
  format: (value: number) => string;
  /** Why there may be no value. */
  missing: string;
}

const plain = (digits: number) => (value: number) => String(Number(value.toPrecision(digits)));
const percent = (value: number): string => `${Number((value * 100).toFixed(2))} %`;
const megabytes = (value: number): string =>
  value < 100_000 ? `${Number((value / 1e3).toFixed(1))} kB` : `${Number((value / 1e6).toFixed(2))} MB`;

const METRICS: Record<GateMetric, Metric> = {
  "accuracy-drop": {
    label: "The accuracy lost against the source model",
    read: ({ accuracy }) => (accuracy === null ? null : Number(((accuracy.source - accuracy.variant) * 100).toFixed(6))),
    format: (value) => `${Number(value.toFixed(2))} percentage points`,
    missing: "the test data has no labels that fit the model's classes",
  },
  agreement: {
    label: "The agreement with the source model",
    read: ({ agreement }) => agreement,
    format: percent,
    missing: "the model's card does not say how its outputs are compared, or there is no test data",
  },
  "latency-ratio": {
    label: "The median latency relative to the source model",
    read: ({ latency }) => (latency.source.p50Ms === 0 ? null : latency.variant.p50Ms / latency.source.p50Ms),
    format: (value) => `${plain(3)(value)} ×`,
    missing: "no run could be timed",
  },
  "size-bytes": { label: "The size", read: ({ sizeBytes }) => sizeBytes.variant, format: megabytes, missing: "there is no file" },
  "memory-bytes": {
    label: "The peak memory",
    read: ({ peakMemoryBytes }) => peakMemoryBytes.variant,
    format: megabytes,
    missing: "this system does not tell a process's peak memory",
  },
  "max-abs-error": {
    label: "The largest difference of an output value",
    read: ({ numerics }) =>
      worst(
        numerics.map((row) => row.maxAbsError),
        Math.max,
      ),
    format: plain(3),
    missing: "there is no test data",
  },
  "relative-rmse": {
    label: "The root mean square error relative to the spread of the source's values",
    read: ({ task }) => (task?.task === "regression" ? task.relativeRmse : null),
    format: percent,
    missing: "the model's task is not regression, or its values do not vary",
  },
  cosine: {
    label: "The lowest cosine similarity of an output",
    read: ({ numerics }) =>
      worst(
        numerics.map((row) => row.cosine),
        Math.min,
      ),
    format: plain(6),
    missing: "there is no test data",
  },
  "integer-kernels": {
    label: "The share of the quantised nodes that the runtime ran as integer kernels",
    read: ({ placement }) =>
      placement === null || placement === undefined || placement.quantisedNodes === 0
        ? null
        : placement.integerNodes / placement.quantisedNodes,
    format: percent,
    missing: "the variant has no quantised nodes, or its file does not tell them",
  },
};

function worst(values: number[], choose: (...values: number[]) => number): number | null {
  return values.length === 0 ? null : choose(...values);
}
