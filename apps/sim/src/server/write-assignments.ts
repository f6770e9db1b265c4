import { factsAt, IN_FLIGHT_STATES, type RolloutEffect, selects, staysSettled } from "@flotilla/domain";
import { factsOf } from "./load-snapshot.ts";
import type { AssignmentRow, EffectOf, RolloutDeviceRow, Scope, Store } from "./store.ts";

/** The rules of services' write-assignments.ts, statement by statement, on rows in memory. A simulation may replace one with a planted bug. */
export interface AssignmentRules {
  nextSeq: (store: Store, deviceId: string) => number;
  withdraws: (scope: Scope) => boolean;
  /** Called with every number that is given out, also for an assignment that is taken away. */
  onSeq: (deviceId: string, seq: number, scope: Scope, assignment: AssignmentRow | null) => void;
}

/** NEXT_SEQ: while there is an assignment its number is the highest given; after that the rows of rollouts remember it. */
export function nextSeq(store: Store, deviceId: string): number {
  const used = [...store.rollouts.values()].flatMap(({ devices }) =>
    devices.flatMap((row) => (row.deviceId === deviceId ? [row.seq ?? 0] : [])),
  );
  return 1 + Math.max(store.device(deviceId).seq, store.assignments.get(deviceId)?.seq ?? Math.max(0, ...used));
}

const isOnline = (store: Store, deviceId: string): boolean => store.device(deviceId).online && !store.device(deviceId).revoked;

/** ASSIGN_SQL, then SUPERSEDE_SQL and LEFT_SQL. @returns other rollouts that lost a device */
export function assign(store: Store, rules: AssignmentRules, scope: Scope, effect: EffectOf<"assign">): string[] {
  const taken: string[] = [];
  for (const row of chosen(store, scope, effect).slice(0, effect.limit)) {
    const { running } = store.device(row.deviceId);
    const was = running === null ? undefined : store.releases.get(running.releaseId);
    // What a device proves to run is what it goes back to; without a proof, what the row says already.
    const isProved = was !== undefined && was.sha256 === running?.variantSha256 && was !== scope.rollout.release;
    row.previous = isProved ? was : row.previous;
    give(store, rules, scope, row, { release: scope.rollout.release, rolloutId: scope.rollout.id, previous: row.previous });
    Object.assign(row, { state: isOnline(store, row.deviceId) ? "ASSIGNED" : "UNREACHED", reason: null, probe: null, settled: false });
    taken.push(row.deviceId);
  }
  return supersede(store, scope, new Set(taken));
}

function give(store: Store, rules: AssignmentRules, scope: Scope, row: RolloutDeviceRow, content: Omit<AssignmentRow, "seq">): void {
  const seq = rules.nextSeq(store, row.deviceId);
  const assignment = { seq, ...content };
  rules.onSeq(row.deviceId, seq, scope, assignment);
  store.assignments.set(row.deviceId, assignment);
  store.announce(row.deviceId, seq);
  Object.assign(row, { seq, assignedAt: scope.now, updatedAt: scope.now });
}

function supersede(store: Store, { rollout, now }: Scope, taken: ReadonlySet<string>): string[] {
  const lost = new Set<string>();
  for (const other of store.rollouts.values()) {
    if (other === rollout) continue;
    for (const row of other.devices) {
      if (!taken.has(row.deviceId)) continue;
      if (row.seq !== null && ["RUNNING", "PAUSED", "HALTED"].includes(other.state)) lost.add(other.id);
      const isOlder = other.startedAt !== null && rollout.startedAt !== null && other.startedAt <= rollout.startedAt;
      const isOpen = ([...IN_FLIGHT_STATES, "UNREACHED"] as string[]).includes(row.state) || (row.state === "QUEUED" && isOlder);
      if (!isOpen) continue;
      Object.assign(row, { state: "SUPERSEDED", updatedAt: now });
      lost.add(other.id);
    }
  }
  return [...lost];
}

/** The rows that an effect is for, by stage and id. */
function chosen(store: Store, { rollout, now }: Scope, { who }: Pick<RolloutEffect, "who">): RolloutDeviceRow[] {
  return rollout.devices.filter((row) => selects(who, factsAt(factsOf(store, rollout, row), rollout.stages, now)));
}

/** Those of them whose assignment is still this rollout's. */
function ours(store: Store, scope: Scope, effect: Pick<RolloutEffect, "who">): RolloutDeviceRow[] {
  return chosen(store, scope, effect).filter(({ deviceId, seq }) => seq !== null && store.assignments.get(deviceId)?.seq === seq);
}

/** SEND_BACK_SQL. */
export function sendBack(store: Store, rules: AssignmentRules, scope: Scope, effect: EffectOf<"send-back">): void {
  for (const row of ours(store, scope, effect).slice(0, effect.limit)) {
    const left = store.assignments.get(row.deviceId);
    if (row.previous === null || left === undefined) continue;
    give(store, rules, scope, row, { release: row.previous, rolloutId: scope.rollout.id, previous: left.release });
    Object.assign(row, { state: effect.settled ? "REVERTED" : isOnline(store, row.deviceId) ? "ASSIGNED" : "UNREACHED", settled: false });
  }
}

/** WITHDRAW_SQL. */
export function withdraw(store: Store, rules: AssignmentRules, scope: Scope, effect: EffectOf<"withdraw">): void {
  for (const row of ours(store, scope, effect)) {
    if (rules.withdraws(scope)) takeBack(store, rules, scope, row);
    Object.assign(row, { state: effect.to, settled: false, assignedAt: null, probe: null, updatedAt: scope.now });
  }
}

function takeBack(store: Store, rules: AssignmentRules, scope: Scope, { deviceId, previous }: RolloutDeviceRow): void {
  const seq = rules.nextSeq(store, deviceId);
  const assignment = previous === null ? null : { seq, release: previous, rolloutId: null, previous: null };
  // Without anything before, nothing is assigned: its number was never given out.
  if (assignment !== null) rules.onSeq(deviceId, seq, scope, assignment);
  if (assignment === null) store.assignments.delete(deviceId);
  else store.assignments.set(deviceId, assignment);
  store.announce(deviceId, seq);
}

/** `setDevices` and `settleDevices` of services' persist-step.ts. */
export function setDevices(store: Store, scope: Scope, effect: EffectOf<"set-devices">): void {
  const reason = effect.reason === "refusal" ? null : effect.reason;
  for (const row of chosen(store, scope, effect)) {
    Object.assign(row, {
      state: effect.to,
      updatedAt: scope.now,
      reason: effect.again ? null : (reason ?? row.reason),
      settled: staysSettled(row.settled, effect.to),
      ...(effect.again ? { probe: null, assignedAt: null } : {}),
    });
  }
}

export function settleDevices(store: Store, scope: Scope, effect: EffectOf<"settle">): void {
  for (const row of chosen(store, scope, effect)) row.settled = true;
}
