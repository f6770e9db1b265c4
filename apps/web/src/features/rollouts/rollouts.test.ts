import { rolloutDeviceStates } from "@flotilla/contracts";
import { AWAY_STATES, DOT_CODES, readDot } from "@flotilla/contracts/rollout-dots";
import { describe, expect, it } from "vitest";
import en from "./messages/en.json" with { type: "json" };
import { checkDraft, defaultGates, type RolloutDraft, templateStages, toStageSpecs } from "./draft-rollout.ts";
import { countDevices, countDots, dotOf } from "./rollout-states.ts";

const words = { canary: "Canary", all: "All" };
const draft: RolloutDraft = { name: "a", releaseId: "r", groupId: "g", stages: templateStages("fast", words), gates: defaultGates };
const change = (index: number, values: object): RolloutDraft => ({
  ...draft,
  stages: draft.stages.map((stage, at) => (at === index ? { ...stage, ...values } : stage)),
});

describe("checkDraft", () => {
  const table: [string, RolloutDraft, string | null][] = [
    ["a template is ready as it is", draft, null],
    ["the careful template too", { ...draft, stages: templateStages("careful", words) }, null],
    ["no release", { ...draft, releaseId: "" }, "release"],
    ["no group", { ...draft, groupId: "" }, "group"],
    ["no name", { ...draft, name: " " }, "name"],
    ["a stage without a name", change(0, { name: "" }), "stageName"],
    ["no number", change(1, { amount: null }), "target"],
    ["more than all", change(1, { amount: 101 }), "target"],
    ["no deadline", change(1, { deadlineSeconds: 0 }), "time"],
    ["a stage that reaches no more than the one before", change(2, { amount: 60 }), "order"],
  ];
  it.each(table)("%s", (_, given, expected) => expect(checkDraft(given)?.key ?? null).toBe(expected));
});

describe("toStageSpecs", () => {
  it("gives the targets in the API's shape", () => {
    expect(toStageSpecs(draft.stages)?.map((spec) => spec.target)).toEqual([
      { kind: "count", count: 1 },
      { kind: "percent", percent: 60 },
      { kind: "percent", percent: 100 },
    ]);
  });
  it("gives nothing while a stage is not complete", () => {
    expect(toStageSpecs(change(1, { amount: null }).stages)).toBeNull();
    expect(toStageSpecs([])).toBeNull();
  });
});

describe("dotOf", () => {
  it("fills a dot further with every phase", () => {
    const phases = [
      { state: "ASSIGNED", progress: null },
      { state: "DOWNLOADING", progress: 0.1 },
      { state: "DOWNLOADING", progress: 0.9 },
      { state: "VERIFYING", progress: null },
      { state: "ACTIVATING", progress: null },
      { state: "PROBING", progress: null },
      { state: "SUCCEEDED", progress: null },
    ] as const;
    const fills = phases.map((phase) => dotOf({ ...phase, online: true }).fill);
    expect(fills).toEqual([...fills].sort((left, right) => left - right));
    expect(new Set(fills).size).toBe(fills.length);
  });
  it("dashes a device that waits while away, not one that has an outcome", () => {
    expect(dotOf({ state: "QUEUED", progress: null, online: false }).kind).toBe("offline");
    expect(dotOf({ state: "SUCCEEDED", progress: null, online: false }).kind).toBe("ok");
  });
  it("has a kind and a word for every state", () => {
    for (const state of rolloutDeviceStates) {
      expect(dotOf({ state, progress: null, online: true }).kind).toBeTypeOf("string");
      expect(en.devices.states[state]).toBeTypeOf("string");
    }
  });
  it("counts every device once", () => {
    const counts = rolloutDeviceStates.flatMap((state) =>
      [true, false].map((online, index) => ({ stageIndex: 0, state, online, deviceCount: index + 1 })),
    );
    expect(countDots(counts).reduce((sum, [, count]) => sum + count, 0)).toBe(countDevices(counts));
  });
  it("knows what each character of a server's dots says", () => {
    const codes = [...Object.values(DOT_CODES), ...AWAY_STATES.map((state) => DOT_CODES[state].toLowerCase()), ...Array.from("0123456789")];
    expect(new Set(codes.map((code) => JSON.stringify(readDot(code)))).size).toBe(codes.length);
    expect(new Set(codes.map((code) => readDot(code)?.state))).toEqual(new Set(rolloutDeviceStates));
    expect(readDot("?")).toBeNull();
  });
});
