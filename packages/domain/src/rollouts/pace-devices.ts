import type { RolloutPace } from "@flotilla/contracts";

const MINUTE_MS = 60_000;
/** A look for every single device would cost more than the device: they come in portions of these many seconds. */
const PORTION_SECONDS = 5;

/** Devices a minute at `now`, for a rollout whose pace counts since `from`. */
export function rateAt(pace: RolloutPace, from: Date, now: Date): number {
  if (pace.kind === "constant") return pace.perMinute;
  const steps = Math.max(0, Math.floor((now.getTime() - from.getTime()) / 1000 / pace.everySeconds));
  return Math.min(pace.maxPerMinute, pace.startPerMinute * pace.factor ** steps);
}

/** A bucket of tokens: it holds one minute's devices at most, and is full at the beginning. `pacedAt`: up to when it is spent. */
export interface Paced {
  readonly pace: RolloutPace;
  readonly pacedFrom: Date;
  readonly pacedAt: Date | null;
}

/** Until when the bucket is spent, where it has been full for longer. */
const spentUntil = ({ pacedAt }: Paced, now: Date): number => Math.max(pacedAt?.getTime() ?? 0, now.getTime() - MINUTE_MS);

/** How many devices may get the release now. */
export function allowance(paced: Paced, now: Date): number {
  const rate = rateAt(paced.pace, paced.pacedFrom, now);
  // An instant has whole milliseconds: what was spent up to one must not be a device short for it.
  return Math.max(0, Math.floor(((now.getTime() - spentUntil(paced, now)) * rate) / MINUTE_MS + 1e-9));
}

/** `pacedAt` after so many devices got it. Rounded up, so that they never come faster than they may. */
export function spend(paced: Paced, devices: number, now: Date): Date {
  return new Date(Math.ceil(spentUntil(paced, now) + (devices * MINUTE_MS) / rateAt(paced.pace, paced.pacedFrom, now) - 1e-6));
}

/** When the next portion may go. A rate that grows meanwhile brings it sooner than this says, by less than a portion. */
export function nextPortionAt(paced: Paced, now: Date): Date {
  const rate = rateAt(paced.pace, paced.pacedFrom, now);
  const portion = Math.max(1, Math.ceil((rate * PORTION_SECONDS) / 60));
  return new Date(Math.max(now.getTime() + 1, Math.ceil(spentUntil(paced, now) + (portion * MINUTE_MS) / rate)));
}

/** Seconds after which the pace has let so many devices begin, where nothing else holds them up. */
export function secondsFor(pace: RolloutPace, devices: number): number {
  const start = new Date(0);
  const rateFrom = (seconds: number): number => rateAt(pace, start, new Date(seconds * 1000));
  // The bucket is full at the beginning.
  let left = devices - Math.floor(rateFrom(0));
  if (pace.kind === "constant") return left <= 0 ? 0 : (left * 60) / pace.perMinute;
  let seconds = 0;
  while (left > 0) {
    const rate = rateFrom(seconds);
    const inStep = (rate * pace.everySeconds) / 60;
    if (left <= inStep || rate === pace.maxPerMinute) return seconds + (left * 60) / rate;
    left -= inStep;
    seconds += pace.everySeconds;
  }
  return seconds;
}
