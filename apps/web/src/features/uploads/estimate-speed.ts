/** A running estimate of a transfer's speed. */
export interface SpeedEstimate {
  atMs: number;
  bytes: number;
  /** null until two samples are known. */
  bytesPerSecond: number | null;
}

const HALF_LIFE_MS = 3000;
const SHORTEST_STEP_MS = 200;

/** Takes a new sample in: an exponential mean whose memory halves every three seconds, so that a stall shows and a hiccup does not. */
export function estimateSpeed(previous: SpeedEstimate | null, bytes: number, nowMs: number): SpeedEstimate {
  if (previous === null || bytes < previous.bytes) return { atMs: nowMs, bytes, bytesPerSecond: null };
  const elapsed = nowMs - previous.atMs;
  if (elapsed < SHORTEST_STEP_MS) return previous;
  const current = ((bytes - previous.bytes) * 1000) / elapsed;
  const weight = 1 - 0.5 ** (elapsed / HALF_LIFE_MS);
  const bytesPerSecond =
    previous.bytesPerSecond === null ? current : previous.bytesPerSecond + weight * (current - previous.bytesPerSecond);
  return { atMs: nowMs, bytes, bytesPerSecond };
}

/** Seconds to the end at the present speed; null while that is unknown or nothing moves. */
export function secondsLeft(estimate: SpeedEstimate | null, totalBytes: number): number | null {
  if (estimate?.bytesPerSecond === null || estimate === null || estimate.bytesPerSecond < 1) return null;
  return Math.max(0, (totalBytes - estimate.bytes) / estimate.bytesPerSecond);
}
