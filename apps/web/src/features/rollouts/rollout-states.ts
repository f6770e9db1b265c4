import type { RolloutDeviceState, RolloutState, StageState } from "@flotilla/contracts";
import type { RolloutDeviceView, StageView } from "@flotilla/contracts/views";
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

/** Devices of a stage that are between assignment and outcome. */
export function busyIn(stage: Pick<StageView, "index">, devices: readonly RolloutDeviceView[]): number {
  return devices.filter((device) => device.stageIndex === stage.index && dotOf(device).kind === "busy").length;
}

/** Counts per kind of dot, in the order in which the legend names them. */
export function countDots(devices: readonly RolloutDeviceView[]): [DotKind, number][] {
  const order: DotKind[] = ["ok", "current", "busy", "bad", "waiting", "offline", "left"];
  return order
    .map((kind): [DotKind, number] => [kind, devices.filter((device) => dotOf(device).kind === kind).length])
    .filter(([, count]) => count > 0);
}

/** A rollout that can still move. */
export function isLive(state: RolloutState): boolean {
  return state === "RUNNING" || state === "PAUSED" || state === "HALTED" || state === "REVERTING";
}
