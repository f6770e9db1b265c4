import type { ProbeResult, RolloutOptions } from "@flotilla/contracts";
import { DEFAULT_OPTIONS } from "./default-options.ts";
import { isApart, isFailed, isInFlight, isOpen } from "./device-states.ts";
import type { Cohort, CohortFacts, CohortMeasures, DeviceFacts, NamedDevice, Selector, StageSnapshot, StateCount } from "./snapshot.ts";

/** An offline device that was at work is shown as unreached only after this: a reconnect takes seconds. */
export const UNREACHED_AFTER_MS = 30_000;
/** Devices that a cohort gives names of. */
export const NAMED_DEVICES = 3;

type Stages = readonly Pick<StageSnapshot, "spec">[];

/** What decides about one device at `now`. The database says the same in SQL; a test holds the two together. */
export function factsAt(device: DeviceFacts, stages: Stages, now: Date, options: RolloutOptions = DEFAULT_OPTIONS): CohortFacts {
  const { stageIndex, state, online, revoked, settled, superseded, seq, hasPrevious, runsPrevious } = device;
  const queued = state === "QUEUED";
  const deadlineMs = deadlineMsOf(stages, stageIndex);
  const isOver = (from: Date | null) => from !== null && now.getTime() >= from.getTime() + deadlineMs;
  const past = isOpen(state) && isOver(device.assignedAt);
  const timeoutMs = timeoutMsOf(options, deadlineMs);
  const ranOut = (from: Date | null) => from !== null && now.getTime() >= from.getTime() + timeoutMs;
  const retryAt = retryAtOf(device, options);
  return {
    ...{ stageIndex, state, online, revoked, settled, superseded, hasPrevious, runsPrevious },
    assigned: seq !== null,
    alreadyCurrent: queued && device.alreadyCurrent,
    refusalCode: queued ? (device.refusal?.code ?? null) : null,
    reasonCode: isFailed(state) ? (device.reason?.code ?? null) : null,
    past,
    overdue: isInFlight(state) && ranOut(device.assignedAt) && (!cameBackLate(device, timeoutMs) || ranOut(device.updatedAt)),
    stale: isInFlight(state) && now.getTime() - device.updatedAt.getTime() >= UNREACHED_AFTER_MS,
    goingBack: device.goingBack ?? false,
    retry: retryAt === null ? null : retryAt <= now ? "due" : "waiting",
    timeZone: options.windows.length === 0 ? null : (device.timeZone ?? "UTC"),
  };
}

/** A device that is online has no more than this. */
const timeoutMsOf = ({ deviceTimeoutSeconds }: RolloutOptions, deadlineMs: number): number =>
  deviceTimeoutSeconds === null ? deadlineMs : Math.min(deadlineMs, deviceTimeoutSeconds * 1000);

/** When a failed device is tried again by itself: after the backoff, and twice as long each further time. null: it is not, or not any more. */
function retryAtOf(device: DeviceFacts, { retries }: RolloutOptions): Date | null {
  const { state, settled, superseded, revoked, goingBack = false, attempt = 1, updatedAt } = device;
  if (!isFailed(state) || settled || superseded || revoked || goingBack || attempt > retries.limit) return null;
  return new Date(updatedAt.getTime() + retries.backoffSeconds * 1000 * 2 ** (Math.max(attempt, 1) - 1));
}

/**
 * A device has its time from its own assignment on: a retry or a late wave gets all of it. One that came back when that was over holds nobody up,
 * and has the same time again to act.
 */
function cameBackLate({ assignedAt, updatedAt }: DeviceFacts, timeoutMs: number): boolean {
  return assignedAt !== null && updatedAt.getTime() >= assignedAt.getTime() + timeoutMs;
}

export const deadlineMsOf = (stages: Stages, stageIndex: number): number => (stages[stageIndex]?.spec.deadlineSeconds ?? 0) * 1000;

/** Groups devices by their facts; in the order of their first device by stage and id. */
export function cohortsOf(devices: readonly DeviceFacts[], stages: Stages, now: Date, options: RolloutOptions = DEFAULT_OPTIONS): Cohort[] {
  const groups = new Map<string, { facts: CohortFacts; members: DeviceFacts[] }>();
  for (const device of inOrder(devices)) {
    const facts = factsAt(device, stages, now, options);
    const key = Object.values(facts).join();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { facts, members: [device] });
    else group.members.push(device);
  }
  return [...groups.values()].map(({ facts, members }) => toCohort(facts, members, stages, now, options));
}

/** By stage and id: the order in which devices get their turn. */
export function inOrder(devices: readonly DeviceFacts[]): DeviceFacts[] {
  return devices.toSorted((a, b) => a.stageIndex - b.stageIndex || (a.deviceId < b.deviceId ? -1 : a.deviceId > b.deviceId ? 1 : 0));
}

function toCohort(facts: CohortFacts, members: readonly DeviceFacts[], stages: Stages, now: Date, options: RolloutOptions): Cohort {
  const deadlineMs = deadlineMsOf(stages, facts.stageIndex);
  let nextAt: Date | null = null;
  for (const member of members)
    for (const at of changesOf(member, deadlineMs, options)) if (at > now && (nextAt === null || at < nextAt)) nextAt = at;
  return {
    ...facts,
    ...sumMeasures(members),
    count: members.length,
    named: isNamed(facts) ? members.slice(0, NAMED_DEVICES).map(toNamed) : [],
    nextAt,
  };
}

/** A device's own deadline, the one it gets when it comes back late, when it is taken for unreached, and when it is tried again. */
function changesOf(device: DeviceFacts, deadlineMs: number, options: RolloutOptions): Date[] {
  const { state, assignedAt, updatedAt } = device;
  const retryAt = retryAtOf(device, options);
  if (retryAt !== null) return [retryAt];
  if (!isOpen(state) || assignedAt === null) return [];
  const timeoutMs = timeoutMsOf(options, deadlineMs);
  const after = (from: Date, ms: number) => new Date(from.getTime() + ms);
  const ends = [after(assignedAt, deadlineMs), after(updatedAt, deadlineMs)];
  if (!isInFlight(state)) return ends;
  return [...ends, after(assignedAt, timeoutMs), after(updatedAt, timeoutMs), after(updatedAt, UNREACHED_AFTER_MS)];
}

/** Whether a decision may name devices of a cohort: refused ones, failed ones, and ones whose time is over. */
export function isNamed(facts: CohortFacts): boolean {
  return facts.refusalCode !== null || facts.overdue || (isFailed(facts.state) && !facts.settled);
}

function toNamed({ deviceId, name, reason, refusal, state }: DeviceFacts): NamedDevice {
  const why = state === "QUEUED" ? refusal : reason;
  return { deviceId, name, reason: why === null ? null : { code: why.code, message: why.message } };
}

export const NO_MEASURES: CohortMeasures = { goldenAgreed: 0, goldenReplayed: 0, goldenDevices: 0, latencyRatios: [], memoryRatios: [] };

/** What the gates read: of what is settled, and of devices that never ran the release, nothing. */
export function sumMeasures(devices: readonly Pick<DeviceFacts, "probe" | "settled" | "state">[]): CohortMeasures {
  const probes = devices.flatMap(({ probe, settled, state }) => (probe === null || settled || isApart(state) ? [] : [probe]));
  const golden = probes.flatMap(({ goldenAgreement, goldenCount }) => (goldenAgreement === null ? [] : [{ goldenAgreement, goldenCount }]));
  return {
    goldenAgreed: golden.reduce((sum, { goldenAgreement, goldenCount }) => sum + goldenAgreement * goldenCount, 0),
    goldenReplayed: golden.reduce((sum, { goldenCount }) => sum + goldenCount, 0),
    goldenDevices: golden.length,
    latencyRatios: probes.flatMap((probe) => latencyRatio(probe) ?? []),
    memoryRatios: probes.flatMap((probe) => memoryRatio(probe) ?? []),
  };
}

/** p95 against the release that runs beside it; null on a first installation. */
function latencyRatio(probe: ProbeResult): number | null {
  return probe.baselineP95Ms === null || probe.baselineP95Ms <= 0 ? null : probe.latencyP95Ms / probe.baselineP95Ms;
}

/** Memory against the release that runs beside it; null on a first installation. */
function memoryRatio(probe: ProbeResult): number | null {
  return probe.baselineMemoryBytes === null || probe.baselineMemoryBytes <= 0 ? null : probe.memoryBytes / probe.baselineMemoryBytes;
}

/** How many devices each stage has in each state. */
export function countsOf(devices: readonly Pick<DeviceFacts, "stageIndex" | "state">[]): StateCount[] {
  const counts = new Map<string, StateCount>();
  for (const { stageIndex, state } of devices) {
    const key = `${stageIndex} ${state}`;
    counts.set(key, { stageIndex, state, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()];
}

/** Whether an effect for `who` is for a device with these facts. */
export function selects(who: Selector, facts: CohortFacts): boolean {
  return Object.entries(who).every(([fact, values]) => (values as readonly unknown[]).includes(facts[fact as keyof CohortFacts]));
}
