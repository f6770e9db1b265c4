import type { Reason, RolloutDeviceState } from "@flotilla/contracts";
import { decide } from "./decisions.ts";
import { IN_FLIGHT_STATES } from "./device-states.ts";
import { act, type Draft, record, upTo } from "./edit-snapshot.ts";
import { NAMED_DEVICES } from "./form-cohorts.ts";
import type { Selector } from "./snapshot.ts";

/** A device that is online and still not done when its time is over has failed. One that is offline is only not reached. */
export function timeOut(draft: Draft, stageIndex: number): void {
  const late = { state: IN_FLIGHT_STATES, overdue: [true], stageIndex: upTo(stageIndex) } as const;
  setState(draft, { ...late, online: [false] }, "UNREACHED");
  const names = draft.snapshot.cohorts
    .flatMap((cohort) => (cohort.overdue && cohort.online && cohort.stageIndex <= stageIndex ? cohort.named : []))
    .slice(0, NAMED_DEVICES)
    .map(({ name }) => name);
  const reason: Reason = { code: "TIMED_OUT", message: "The device did not finish before the stage's deadline." };
  const devices = setState(draft, { ...late, online: [true] }, "TIMED_OUT", reason);
  if (devices === 0) return;
  const more = devices > names.length ? ` and ${devices - names.length} more` : "";
  const message = `${names.join(", ")}${more} did not finish before the stage's deadline.`;
  record(draft, decide("timed-out", message, { devices, names: names.join(", ") }));
}

/** Moves devices to another state. Answers with how many. */
export function setState(draft: Draft, who: Selector, to: RolloutDeviceState, reason: Reason | "refusal" | null = null): number {
  return act(draft, { kind: "set-devices", who, to, reason, again: false });
}
