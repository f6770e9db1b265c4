import type { OnnxModel } from "../graph/model.ts";
import type { PlacementDecision } from "./plan-placement.ts";

/** Something that the person who chooses should know before the variant is used: a stable code, its numbers and names, and a sentence. */
export interface ConversionWarning {
  readonly code: "CONVOLUTIONS_STAY_FLOAT" | "MAY_SATURATE" | "NO_INTEGER_KERNELS" | "FLOAT_LAYERS";
  readonly params: Readonly<Record<string, string | number>>;
  readonly sentence: string;
}

export interface ConversionResult {
  readonly model: OnnxModel;
  /** Sentences for the job's log: what was converted. What stayed and why are `warnings`. */
  readonly notes: string[];
  readonly warnings: readonly ConversionWarning[];
  /** Where each node with float values ended up, and why; empty for conversions that place nothing. */
  readonly placement: readonly PlacementDecision[];
}
