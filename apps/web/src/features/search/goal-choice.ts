import { TARGET_PROFILES } from "@flotilla/contracts/profiles";
import { type SearchGoal, searchGoalSchema, type ValidationGate } from "@flotilla/contracts";

/** A goal in the units of a form; null: no limit. */
export interface GoalChoice {
  targetProfile: string;
  size: number | null;
  sizeUnit: "kB" | "MB";
  latencyMs: number | null;
  speedup: number | null;
  /** A search goes by one of them. */
  quality: "agreement" | "accuracy";
  agreementPercent: number | null;
  accuracyDropPoints: number | null;
  calibrationId: string;
  /** Empty: the calibration set. */
  steeringId: string;
  /** Empty: the recommended variant is not proved. */
  testId: string;
}

export const defaultGoalChoice: GoalChoice = {
  targetProfile: "x64-vnni",
  size: null,
  sizeUnit: "kB",
  latencyMs: null,
  speedup: null,
  quality: "agreement",
  agreementPercent: 99,
  accuracyDropPoints: 0.5,
  calibrationId: "",
  steeringId: "",
  testId: "",
};

const BYTES = { kB: 1000, MB: 1_000_000 } as const;

export function toGoal(choice: GoalChoice): SearchGoal {
  return {
    targetProfile: choice.targetProfile,
    maxSizeBytes: choice.size === null ? null : Math.round(choice.size * BYTES[choice.sizeUnit]),
    maxLatencyMs: choice.latencyMs,
    minSpeedup: choice.speedup,
    minAgreement: choice.quality === "agreement" && choice.agreementPercent !== null ? choice.agreementPercent / 100 : null,
    maxAccuracyDrop: choice.quality === "accuracy" ? choice.accuracyDropPoints : null,
  };
}

/** What is wrong, by field, as message keys. `form`: the whole. */
export type GoalErrors = Partial<
  Record<"form", "noLimit"> &
    Record<"size", "notPositive"> &
    Record<"latencyMs" | "speedup", "notPositive" | "noTimes"> &
    Record<"agreementPercent" | "accuracyDropPoints", "notPercent"> &
    Record<"calibrationId", "noCalibration"> &
    Record<"quality", "noLabels">
>;

/** @param steeringLabelled whether the set that the search looks at while it chooses has labels */
export function checkGoal(choice: GoalChoice, steeringLabelled: boolean): GoalErrors {
  const errors: GoalErrors = {};
  for (const field of ["size", "latencyMs", "speedup"] as const)
    if (choice[field] !== null && choice[field] <= 0) errors[field] = "notPositive";
  const profile = TARGET_PROFILES.find(({ id }) => id === choice.targetProfile);
  // Its runtime here is not the device's: a time here says nothing of there.
  if (profile?.formats.includes("onnx") === false)
    for (const field of ["latencyMs", "speedup"] as const) if (choice[field] !== null) errors[field] = "noTimes";
  const share = choice.quality === "agreement" ? "agreementPercent" : "accuracyDropPoints";
  const value = choice[share];
  if (value !== null && (value < 0 || value > 100)) errors[share] = "notPercent";
  if (choice.quality === "accuracy" && !steeringLabelled) errors.quality = "noLabels";
  if (choice.calibrationId === "") errors.calibrationId = "noCalibration";
  if (Object.keys(errors).length === 0 && !searchGoalSchema.safeParse(toGoal(choice)).success) errors.form = "noLimit";
  return errors;
}

/** The goal as gates of the variant that is recommended: they are proved on the test set, and travel with its release. */
export function gatesOfGoal(goal: SearchGoal, testLabelled: boolean): ValidationGate[] {
  const gates: ValidationGate[] = [];
  if (goal.maxSizeBytes !== null) gates.push({ metric: "size-bytes", comparison: "at-most", limit: goal.maxSizeBytes });
  if (goal.minSpeedup !== null) gates.push({ metric: "latency-ratio", comparison: "at-most", limit: 1 / goal.minSpeedup });
  if (goal.minAgreement !== null) gates.push({ metric: "agreement", comparison: "at-least", limit: goal.minAgreement });
  if (goal.maxAccuracyDrop !== null && testLabelled)
    gates.push({ metric: "accuracy-drop", comparison: "at-most", limit: goal.maxAccuracyDrop });
  return gates;
}
