import type { Assignment, ProbeResult, Reason } from "@flotilla/contracts";
import type { AgentEvent } from "../src/core/event.ts";
import type { SlotRecord } from "../src/core/journal.ts";
import { type AgentState, initialState, type Step } from "../src/core/state.ts";
import { step } from "../src/core/step.ts";

export const NOW = 1_800_000_000_000;
export const MODEL = "00000000-0000-4000-8000-00000000000a";
export const REASON: Reason = { code: "INTERNAL", message: "because" };
export const PROBE: ProbeResult = {
  goldenCount: 8,
  goldenAgreement: 1,
  latencyP50Ms: 1,
  latencyP95Ms: 2,
  baselineP95Ms: null,
  memoryBytes: 1,
  baselineMemoryBytes: null,
};

const digits = (value: number, length: number): string => String(value).padStart(length, "0");
export const releaseId = (release: number): string => `00000000-0000-4000-8000-${digits(release, 12)}`;
export const sha256 = (release: number): string => digits(release, 64);

export function assignment(seq: number, release: number): Assignment {
  return {
    seq,
    rolloutId: null,
    releaseId: releaseId(release),
    variant: {
      id: releaseId(release),
      name: "v",
      model: { name: "model.onnx", sha256: sha256(release), sizeBytes: 1 },
      runtime: "onnxruntime",
      opset: 17,
      profiles: [],
      predictedMemoryBytes: 0,
    },
    envelope: { payloadType: "x", payload: "", signatures: [{ keyid: "k", sig: "s" }] },
    artifacts: [],
  };
}

export function record(release: number, confirmed = false): SlotRecord {
  return {
    releaseId: releaseId(release),
    variantSha256: sha256(release),
    modelId: MODEL,
    modelName: "m",
    version: release,
    counter: release,
    confirmed,
  };
}

/** An event of the work under way, whatever its number. */
export type Loose = AgentEvent extends infer E ? (E extends { work: number } ? Omit<E, "work"> : E) : never;

export function take(state: AgentState, event: Loose, now = NOW, random = 0.5): Step {
  return step(state, { work: state.work, ...event } as AgentEvent, now, random);
}

export function after(state: AgentState, ...events: Loose[]): AgentState {
  return events.reduce((next, event) => take(next, event).state, state);
}

/** The answers that bring an assignment from PREFLIGHT to ACTIVE. */
export function toPhase(state: AgentState, seq: number, release: number, phase: string): AgentState {
  const other = state.journal.current === "A" ? "B" : "A";
  const events: [string, Loose][] = [
    ["PREFLIGHT", { kind: "assigned", assignment: assignment(seq, release) }],
    ["DOWNLOADING", { kind: "preflight-passed" }],
    ["VERIFYING", { kind: "downloaded" }],
    ["STAGED", { kind: "verified", record: record(release) }],
    ["ACTIVATING", { kind: "staged" }],
    ["PROBING", { kind: "host-ready", slot: other }],
    ["ACTIVE", { kind: "probe-passed", probe: PROBE }],
  ];
  let next = state;
  for (const [reached, event] of events) {
    next = take(next, event).state;
    if (reached === phase) return next;
  }
  return next;
}

export const fresh = initialState();
/** Release 1 in slot A, seq 1. */
export const one = toPhase(fresh, 1, 1, "ACTIVE");
/** Release 2 in slot B over release 1 in slot A, seq 2. */
export const two = toPhase(one, 2, 2, "ACTIVE");
