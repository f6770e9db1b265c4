import type { Assignment, ProbeResult, Reason } from "@flotilla/contracts";
import type { Journal, SlotName, SlotRecord } from "./journal.ts";

/**
 * What can happen to the agent. Answers to an effect carry the `work` number that the effect was given: an answer of work that has
 * been superseded in the meantime is thus recognised and dropped.
 */
export type AgentEvent =
  | { kind: "booted"; journal: Journal; assignment: Assignment | null }
  | { kind: "assigned"; assignment: Assignment }
  | { kind: "unassigned" }
  | { kind: "preflight-passed"; work: number }
  | { kind: "preflight-refused"; work: number; reason: Reason }
  | { kind: "progressed"; work: number; fraction: number }
  | { kind: "downloaded"; work: number }
  | { kind: "download-failed"; work: number; reason: Reason }
  | { kind: "retry-due"; work: number }
  | { kind: "rejected"; work: number; reason: Reason }
  | { kind: "verified"; work: number; record: SlotRecord }
  | { kind: "staged"; work: number }
  | { kind: "staging-failed"; work: number; reason: Reason }
  | { kind: "host-ready"; slot: SlotName }
  | { kind: "host-failed"; slot: SlotName; reason: Reason }
  | { kind: "probe-passed"; work: number; probe: ProbeResult }
  | { kind: "probe-failed"; work: number; probe: ProbeResult | null; reason: Reason }
  | { kind: "restart-due" }
  /** What is confirmed is being started: an activation that was cut short may go on. */
  | { kind: "resume-due" }
  /** What this event decides has to wait: the journal cannot be written. */
  | { kind: "unwritten"; event: AgentEvent }
  /** Something is wrong with the device itself, whatever it runs; null once it is well again. */
  | { kind: "fault"; reason: Reason | null }
  /** The server took this device in anew, under another identity: its assignments begin at 1 again. */
  | { kind: "readmitted" }
  | { kind: "connected" };

export type EventOf<K extends AgentEvent["kind"]> = Extract<AgentEvent, { kind: K }>;
