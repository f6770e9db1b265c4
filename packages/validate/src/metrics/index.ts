export { argMax, type ClassComparison, compareClasses, topOne } from "./compare-classes.ts";
export { compareOutputs, DEFAULT_TOLERANCE, differenceHistogram, type OutputComparison, type Tolerance } from "./compare-outputs.ts";
export { evaluateGates, type Measurements } from "./evaluate-gates.ts";
export { pairSamples } from "./pair-samples.ts";
export { type InterleavedOptions, measureInterleaved, quantile, summariseLatency } from "./measure-latency.ts";
