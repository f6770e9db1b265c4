import type { RolloutState } from "@flotilla/contracts";

/** What decides how a rollout begins. */
export interface Beginning {
  readonly state: RolloutState;
  /** null: at once. */
  readonly startAt: Date | null;
  /** The organisation asks for a second person. */
  readonly secondPerson: boolean;
  /** Somebody else approved exactly this plan since its start was asked for. */
  readonly approved: boolean;
}

export type BeginStep = "ask" | "schedule" | "start";

/** A start that comes later than this is said to be late: the controller looks every few seconds. */
export const LATE_AFTER_MS = 60_000;

const NOT_BEGUN: ReadonlySet<RolloutState> = new Set(["DRAFT", "AWAITING_APPROVAL", "SCHEDULED"]);

/** Nothing was chosen or assigned yet, so everything about it may still change. */
export const hasNotBegun = (state: RolloutState): boolean => NOT_BEGUN.has(state);

/** What a wish to start comes to: approval first, then the hour, then the start. */
export function planBeginning({ startAt, secondPerson, approved }: Beginning, now: Date): BeginStep {
  if (secondPerson && !approved) return "ask";
  return startAt !== null && startAt > now ? "schedule" : "start";
}

/** Whoever made the rollout or asked for its start is the first person, and cannot be the second. */
export function mayAnswer(asked: { readonly createdBy: string; readonly requestedBy: string | null }, userId: string): boolean {
  return userId !== asked.createdBy && userId !== asked.requestedBy;
}

/** Which buttons before the start do something. A start that waits for approval is only offered where none is needed any more. */
export function beginActions({ state, secondPerson, approved }: Beginning): {
  start: boolean;
  schedule: boolean;
  answer: boolean;
  toDraft: boolean;
} {
  const open = hasNotBegun(state);
  return {
    start: open && !(state === "AWAITING_APPROVAL" && secondPerson && !approved),
    schedule: open,
    answer: state === "AWAITING_APPROVAL",
    toDraft: open && state !== "DRAFT",
  };
}
