import type { RolloutDeviceState } from "./states.ts";

/** Devices of a page of a rollout's devices. */
export const ROLLOUT_PAGE = 200;

/** A device's state in a rollout as one character; DOWNLOADING is a digit, the tenth that it has. */
export const DOT_CODES: Record<Exclude<RolloutDeviceState, "DOWNLOADING">, string> = {
  QUEUED: "Q",
  ASSIGNED: "A",
  VERIFYING: "V",
  ACTIVATING: "C",
  PROBING: "P",
  SUCCEEDED: "S",
  ROLLED_BACK: "B",
  REFUSED: "R",
  FAILED: "F",
  TIMED_OUT: "T",
  SUPERSEDED: "N",
  CANCELLED: "X",
  ALREADY_CURRENT: "H",
  UNREACHED: "U",
  REVERTED: "W",
};

/** States whose character is a small letter while the device is away: only there does it change what a dot shows. */
export const AWAY_STATES = ["QUEUED", "ASSIGNED"] as const satisfies readonly (keyof typeof DOT_CODES)[];

export interface DotState {
  state: RolloutDeviceState;
  /** 0…1 while it downloads, by tenths. */
  progress: number | null;
  online: boolean;
}

const STATES = new Map<string, DotState>();
for (const [state, code] of Object.entries(DOT_CODES))
  STATES.set(code, { state: state as RolloutDeviceState, progress: null, online: true });
for (const state of AWAY_STATES) STATES.set(DOT_CODES[state].toLowerCase(), { state, progress: null, online: false });
for (let tenth = 0; tenth < 10; tenth += 1) STATES.set(String(tenth), { state: "DOWNLOADING", progress: tenth / 10, online: true });

/** What a character of `RolloutDotsView.dots` says; null for one that a newer server writes. */
export function readDot(code: string): DotState | null {
  return STATES.get(code) ?? null;
}
