import type { RolloutGates, StageSpec } from "@flotilla/contracts";

/** One stage as it is typed: numbers may be missing for a moment. */
export interface StageDraft {
  key: string;
  name: string;
  unit: "percent" | "count";
  amount: number | null;
  soakSeconds: number | null;
  deadlineSeconds: number | null;
  manual: boolean;
}

export interface RolloutDraft {
  name: string;
  releaseId: string;
  groupId: string;
  stages: StageDraft[];
  gates: RolloutGates;
}

/** What is wrong with a draft: a message key and the stage's name. */
export interface DraftError {
  field: "name" | "release" | "group" | "stages";
  key: "name" | "release" | "group" | "order" | "stageName" | "target" | "time";
  stage: string;
}

export const templateNames = ["careful", "fast"] as const;
export type TemplateName = (typeof templateNames)[number];

const stage = (
  key: string,
  name: string,
  unit: StageDraft["unit"],
  amount: number,
  soakSeconds: number,
  deadlineSeconds: number,
  manual = false,
): StageDraft => ({
  key,
  name,
  unit,
  amount,
  soakSeconds,
  deadlineSeconds,
  manual,
});

/** Stages to start from. "careful": one device, then a tenth, then half, then all, with hours between; "fast": the same in seconds, to watch it happen. */
export function templateStages(template: TemplateName, words: { canary: string; all: string }): StageDraft[] {
  if (template === "fast") {
    return [
      stage("a", words.canary, "count", 1, 5, 120),
      stage("b", "60 %", "percent", 60, 5, 120),
      stage("c", words.all, "percent", 100, 0, 120),
    ];
  }
  return [
    stage("a", words.canary, "count", 1, 3600, 86_400, true),
    stage("b", "10 %", "percent", 10, 3600, 86_400),
    stage("c", "50 %", "percent", 50, 7200, 86_400),
    stage("d", words.all, "percent", 100, 0, 3 * 86_400),
  ];
}

/** Gates to start from: what a careful operator would not want worse. */
export const defaultGates: RolloutGates = {
  failureRateMax: 0.05,
  minimumSample: 3,
  goldenAgreementMin: 0.98,
  latencyP95MaxRatio: 1.5,
  memoryMaxRatio: 1.5,
};

/** The stages as the API takes them; null while one of them is not complete. */
export function toStageSpecs(stages: readonly StageDraft[]): StageSpec[] | null {
  if (checkStages(stages) !== null || stages.length === 0) return null;
  return stages.map((item) => ({
    name: item.name.trim(),
    target:
      item.unit === "percent" ? { kind: "percent", percent: item.amount ?? 1 } : { kind: "count", count: Math.round(item.amount ?? 1) },
    soakSeconds: Math.round(item.soakSeconds ?? 0),
    deadlineSeconds: Math.round(item.deadlineSeconds ?? 1),
    manual: item.manual,
  }));
}

/** The first thing that is wrong, in the order of the form; null where nothing is. */
export function checkDraft(draft: RolloutDraft): DraftError | null {
  if (draft.releaseId === "") return { field: "release", key: "release", stage: "" };
  if (draft.groupId === "") return { field: "group", key: "group", stage: "" };
  if (draft.name.trim() === "") return { field: "name", key: "name", stage: "" };
  return checkStages(draft.stages);
}

function checkStages(stages: readonly StageDraft[]): DraftError | null {
  for (const [index, item] of stages.entries()) {
    const wrong = (key: DraftError["key"]): DraftError => ({ field: "stages", key, stage: item.name });
    if (item.name.trim() === "") return wrong("stageName");
    const most = item.unit === "percent" ? 100 : 1_000_000;
    if (item.amount === null || item.amount <= 0 || item.amount > most) return wrong("target");
    if (item.deadlineSeconds === null || item.deadlineSeconds < 1) return wrong("time");
    const before = stages[index - 1];
    if (before?.unit === item.unit && before.amount !== null && item.amount <= before.amount) return wrong("order");
  }
  return null;
}
