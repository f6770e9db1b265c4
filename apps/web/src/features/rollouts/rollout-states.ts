import type { RolloutDeviceState, RolloutState, StageState } from "@flotilla/contracts";
import type { RolloutCount, RolloutDeviceView, StageView } from "@flotilla/contracts/views";
import type { StateKind } from "@flotilla/ui";
import type { DotKind } from "@flotilla/ui/charts";

/** What a rollout's state means to whoever looks. */
export const rolloutKind: Record<RolloutState, StateKind> = {
  DRAFT: "off",
  AWAITING_APPROVAL: "warn",
  SCHEDULED: "off",
  RUNNING: "busy",
  PAUSED: "warn",
  HALTED: "bad",
  REVERTING: "busy",
  REVERTED: "warn",
  COMPLETED: "ok",
  CANCELLED: "off",
};

export const stageKind: Record<StageState, StateKind> = { WAITING: "off", RUNNING: "busy", SOAKING: "busy", PASSED: "ok", FAILED: "bad" };

const dots: Record<RolloutDeviceState, { kind: DotKind; fill: number }> = {
  QUEUED: { kind: "waiting", fill: 0 },
  ASSIGNED: { kind: "busy", fill: 0.08 },
  DOWNLOADING: { kind: "busy", fill: 0.1 },
  VERIFYING: { kind: "busy", fill: 0.7 },
  ACTIVATING: { kind: "busy", fill: 0.8 },
  PROBING: { kind: "busy", fill: 0.9 },
  SUCCEEDED: { kind: "ok", fill: 1 },
  ALREADY_CURRENT: { kind: "current", fill: 1 },
  ROLLED_BACK: { kind: "bad", fill: 1 },
  REFUSED: { kind: "bad", fill: 1 },
  FAILED: { kind: "bad", fill: 1 },
  TIMED_OUT: { kind: "bad", fill: 1 },
  SUPERSEDED: { kind: "left", fill: 0 },
  CANCELLED: { kind: "left", fill: 0 },
  UNREACHED: { kind: "offline", fill: 0 },
  REVERTED: { kind: "left", fill: 0 },
};

/** How a device's dot is drawn: it fills as it downloads (to 0.6), verifies, activates and probes. A device that waits while away is dashed. */
export function dotOf(device: Pick<RolloutDeviceView, "state" | "progress" | "online">): { kind: DotKind; fill: number } {
  if (!device.online && (device.state === "QUEUED" || device.state === "ASSIGNED")) return { kind: "offline", fill: 0 };
  if (device.state === "DOWNLOADING") return { kind: "busy", fill: 0.1 + 0.5 * (device.progress ?? 0) };
  return dots[device.state];
}

const dotOfCount = ({ state, online }: RolloutCount): DotKind => dotOf({ state, online, progress: null }).kind;

/** How many devices there are of those that `holds` chooses. */
export function countDevices(counts: readonly RolloutCount[], holds: (count: RolloutCount) => boolean = () => true): number {
  return counts.reduce((sum, count) => (holds(count) ? sum + count.deviceCount : sum), 0);
}

/** Devices of a stage that are between assignment and outcome. */
export function busyIn(stage: Pick<StageView, "index">, counts: readonly RolloutCount[]): number {
  return countDevices(counts, (count) => count.stageIndex === stage.index && dotOfCount(count) === "busy");
}

/** Counts per kind of dot, in the order in which the legend names them. */
export function countDots(counts: readonly RolloutCount[]): [DotKind, number][] {
  const order: DotKind[] = ["ok", "current", "busy", "bad", "waiting", "offline", "left"];
  return order
    .map((kind): [DotKind, number] => [kind, countDevices(counts, (count) => dotOfCount(count) === kind)])
    .filter(([, count]) => count > 0);
}

/** States that a person asks for together: which failed, which still wait. */
export const stateChoices = {
  failed: ["ROLLED_BACK", "REFUSED", "FAILED", "TIMED_OUT"],
  busy: ["ASSIGNED", "DOWNLOADING", "VERIFYING", "ACTIVATING", "PROBING"],
  waiting: ["QUEUED", "UNREACHED"],
  running: ["SUCCEEDED", "ALREADY_CURRENT"],
} as const satisfies Record<string, readonly RolloutDeviceState[]>;
export type StateChoice = keyof typeof stateChoices;

/** A rollout that can still move. */
export function isLive(state: RolloutState): boolean {
  return state === "RUNNING" || state === "PAUSED" || state === "HALTED" || state === "REVERTING";
}
