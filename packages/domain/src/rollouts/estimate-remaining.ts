import type { RolloutState, StageSpec, StageState } from "@flotilla/contracts";
import { median } from "../gates/median.ts";

export interface TimedStage {
  readonly spec: Pick<StageSpec, "soakSeconds" | "manual">;
  readonly state: StageState;
  readonly startedAt: Date | null;
  readonly soakUntil: Date | null;
  readonly finishedAt: Date | null;
}

export interface Remaining {
  seconds: number;
  /** True where something cannot be known: how long devices take, as none has yet, or when a person will promote. */
  atLeast: boolean;
}

/**
 * How long a running rollout still takes if all goes as it went: what is left of the soaks, and for each stage ahead as long as devices took in the
 * stages before. Null for a rollout that does not move.
 */
export function estimateRemaining(state: RolloutState, stages: readonly TimedStage[], now: Date): Remaining | null {
  if (state !== "RUNNING") return null;
  const work = median(stages.flatMap((stage) => workOf(stage) ?? []));
  const ahead = stages.filter((stage) => stage.state === "WAITING" || stage.state === "RUNNING" || stage.state === "SOAKING");
  const seconds = ahead.reduce((sum, stage) => sum + leftOf(stage, work ?? 0, now), 0);
  const unknownWork = work === null && ahead.some((stage) => stage.state !== "SOAKING");
  // The last stage has nobody to promote it to.
  const waitsForPerson = ahead.slice(0, -1).some((stage) => stage.spec.manual);
  return { seconds, atLeast: unknownWork || waitsForPerson };
}

/** What devices took in a stage that is over: all of it but the soak. */
function workOf({ state, spec, startedAt, finishedAt }: TimedStage): number | null {
  if (state !== "PASSED" || startedAt === null || finishedAt === null) return null;
  return Math.max(0, secondsBetween(startedAt, finishedAt) - spec.soakSeconds);
}

function leftOf({ state, spec, startedAt, soakUntil }: TimedStage, workSeconds: number, now: Date): number {
  if (state === "SOAKING") return soakUntil === null ? spec.soakSeconds : Math.max(0, secondsBetween(now, soakUntil));
  const done = state === "RUNNING" && startedAt !== null ? secondsBetween(startedAt, now) : 0;
  return Math.max(0, workSeconds - done) + spec.soakSeconds;
}

function secondsBetween(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / 1000;
}
