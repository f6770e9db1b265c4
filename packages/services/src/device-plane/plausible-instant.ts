const OLDEST_MS = 90 * 86_400_000;
const NEWEST_MS = 60_000;

/**
 * When a device says that something happened, or `now` where its clock cannot be right: in the future, or older than 90 days (a board
 * without a battery starts in 1970).
 */
export function plausibleInstant(reported: string, now: Date): Date {
  const at = new Date(reported);
  const ageMs = now.getTime() - at.getTime();
  return ageMs > OLDEST_MS || ageMs < -NEWEST_MS || Number.isNaN(ageMs) ? now : at;
}
