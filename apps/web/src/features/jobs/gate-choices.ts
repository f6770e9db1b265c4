import type { ValidationGate } from "@flotilla/contracts";

/** Validation gates in the units of a form; null: off. */
export interface GateChoice {
  /** Percentage points. */
  accuracyDrop: number | null;
  /** Percent. */
  agreement: number | null;
  /** Percent more than the source; may be negative. */
  latency: number | null;
  /** Percent of the quantised nodes. */
  integerKernels: number | null;
}

export const defaultGateChoice: GateChoice = { accuracyDrop: 0.5, agreement: 99, latency: null, integerKernels: null };

/** The gates as the API takes them. The accuracy gate needs labels: without them it could only ever be "not measurable". */
export function toGates(choice: GateChoice, labelled: boolean): ValidationGate[] {
  const gates: ValidationGate[] = [];
  if (choice.accuracyDrop !== null && labelled) gates.push({ metric: "accuracy-drop", comparison: "at-most", limit: choice.accuracyDrop });
  if (choice.agreement !== null) gates.push({ metric: "agreement", comparison: "at-least", limit: choice.agreement / 100 });
  if (choice.latency !== null) gates.push({ metric: "latency-ratio", comparison: "at-most", limit: 1 + choice.latency / 100 });
  if (choice.integerKernels !== null) gates.push({ metric: "integer-kernels", comparison: "at-least", limit: choice.integerKernels / 100 });
  return gates;
}
