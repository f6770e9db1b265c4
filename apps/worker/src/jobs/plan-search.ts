import type { ModelCard, SearchFindings, SearchGoal, Statement, VariantFormat } from "@flotilla/contracts";
import { TARGET_PROFILES, type TargetProfile } from "@flotilla/contracts/profiles";
import {
  candidateKey,
  describeCandidate,
  EMPTY_SEARCH,
  explainVerdict,
  QUANT_PROFILES,
  type SearchSetup,
  type SearchState,
  shortfalls,
} from "@flotilla/onnx/optimise";
import { describeCard } from "../models/describe-card.ts";
import { toRecipe } from "../models/candidate-recipe.ts";
import type { SearchEvent, SearchRequest, SearchTarget } from "../sandbox/protocol.ts";
import { describeMachine } from "./describe-machine.ts";

/** Images that ranges are taken from: enough for every observer, and a search calibrates several times. */
export const CALIBRATION_SAMPLES = 128;

type Plan = Pick<SearchRequest, "goal" | "quality" | "integers" | "halfPrecision" | "measuresTarget" | "target" | "metric" | "state">;

/** What the child is to look for: a goal and a profile in the optimiser's own words. */
export function planSearch(goal: SearchGoal, card: ModelCard, before: SearchFindings | null): Plan {
  const { maxSizeBytes, maxLatencyMs, minSpeedup, minAgreement, maxAccuracyDrop } = goal;
  const profile = TARGET_PROFILES.find(({ id }) => id === goal.targetProfile);
  const target = { ...targetOf(profile), description: describeCard(card) };
  return {
    goal: {
      ...(maxSizeBytes === null ? {} : { maxBytes: maxSizeBytes }),
      ...(maxLatencyMs === null ? {} : { maxMs: maxLatencyMs }),
      ...(minSpeedup === null ? {} : { minSpeedup }),
    },
    quality: maxAccuracyDrop !== null ? { maxDrop: maxAccuracyDrop / 100 } : minAgreement === null ? null : { minScore: minAgreement },
    metric: maxAccuracyDrop !== null ? "accuracy" : hasAgreement(card) ? "agreement" : "closeness",
    integers: integersFor(profile, maxSizeBytes !== null),
    // On CPUs half precision saves bytes and no time; where there are integers only, it is nothing.
    halfPrecision: maxLatencyMs === null && minSpeedup === null && !target.fullInteger,
    target,
    measuresTarget: goal.targetProfile === describeMachine().targetProfile,
    state: (before?.plan as SearchState | undefined) ?? EMPTY_SEARCH,
  };
}

/** ONNX where the kind of device runs it. */
function targetOf(profile: TargetProfile | undefined): Omit<SearchTarget, "description"> {
  const formats = profile?.formats ?? ["onnx"];
  return { format: formats.includes("onnx") ? "onnx" : (formats[0] ?? "onnx"), fullInteger: profile?.quantisation.fullInteger ?? false };
}

function hasAgreement({ task, reading }: ModelCard): boolean {
  return task === "classification" || (reading !== null && reading !== undefined && reading.task === task);
}

/** Without VNNI two answers are right, 7-bit weights and unsigned ones: the search measures both. */
function integersFor(profile: TargetProfile | undefined, compact: boolean): SearchSetup["integers"] {
  const { quantisation } = profile ?? {};
  if (profile !== undefined && targetOf(profile).format === "tflite") return [QUANT_PROFILES.tflite];
  const small = compact ? { compact: true } : {};
  if (quantisation?.saturates === true)
    return [
      { ...QUANT_PROFILES["x64-reduced"], ...small },
      { ...QUANT_PROFILES["x64-unsigned"], ...small },
    ];
  const base = quantisation?.activations[0] === "int8" ? QUANT_PROFILES.arm64 : QUANT_PROFILES["x64-vnni"];
  return [{ ...base, symmetricActivations: quantisation?.symmetricActivations ?? false, ...small }];
}

/** What a search found, as it is stored and shown; with its verdict once it is over. */
export function toFindings(
  event: SearchEvent,
  about: { metric: SearchFindings["metric"]; machine: string; format: VariantFormat; isOver: boolean },
): SearchFindings {
  const { source, setup, state, preparation } = event;
  return {
    plan: state,
    metric: about.metric,
    source,
    machine: about.machine,
    candidates: state.records.map(({ candidate, measured, failure, reason }) => ({
      name: describeCandidate(candidate),
      recipe: toRecipe(candidate, preparation, { calibrationSamples: CALIBRATION_SAMPLES, format: about.format }),
      measured,
      failure,
      ...(reason === undefined ? {} : { failureReason: { code: reason.code, params: { ...reason.params } } }),
      meets: measured !== null && shortfalls(setup.goal, measured).length === 0,
    })),
    sensitivity: [...(state.rankings.at(-1)?.rows ?? [])],
    verdict: about.isOver ? verdictOf(event) : null,
  };
}

function verdictOf({ source, setup, state, preparation }: SearchEvent): SearchFindings["verdict"] {
  const { outcome, candidate, why, warnings } = explainVerdict(state, setup, source.sizeBytes);
  const key = candidate === null ? null : candidateKey(candidate);
  const index = state.records.findIndex((record) => candidateKey(record.candidate) === key);
  return {
    outcome,
    candidate: index === -1 ? null : index,
    why: toStatement(why),
    warnings: [...boundInputs(preparation), ...warnings.map(toStatement)],
  };
}

/** What a person must know of a variant that is right for some inputs only. */
function boundInputs(preparation: SearchEvent["preparation"]): Statement[] {
  const bound = preparation.find((pass) => pass.pass === "bind-inputs");
  if (bound === undefined) return [];
  const shapes = Object.entries(bound.shapes).filter(([, shape]) => shape.length > 0);
  const inputs = [
    ...shapes.map(([name, shape]) => `${name} of ${shape.join(" × ")}`),
    ...Object.entries(bound.values).map(([name, values]) => `${name} = ${values.join(", ")}`),
  ].join(", ");
  const sentence = `Branches of the model hid layers, so every candidate is for what the data always has, and wrong for anything else: ${inputs}.`;
  return [{ code: "inputs-bound", params: { inputs }, sentence }];
}

function toStatement({ code, params, sentence }: ReturnType<typeof explainVerdict>["why"]) {
  return { code, params: { ...params }, sentence };
}
