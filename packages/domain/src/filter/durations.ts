/** Units of a time span, longest first, in milliseconds. */
const UNITS = [
  ["w", 604_800_000],
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
] as const;

const MOST_MS = 100 * 365 * 86_400_000;

/** `90s`, `10m`, `2h`, `3d`, `1w` as milliseconds; null for what is none, or is more than a century. */
export function readDuration(text: string): number | null {
  const parts = /^(\d{1,12})([wdhms])$/.exec(text);
  if (parts === null) return null;
  const unit = UNITS.find(([name]) => name === parts[2]);
  const ms = Number(parts[1]) * (unit?.[1] ?? Number.NaN);
  return ms <= MOST_MS ? ms : null;
}

/** The shortest text that `readDuration` reads as this many whole seconds. */
export function writeDuration(ms: number): string {
  const [name, size] = (ms === 0 ? undefined : UNITS.find(([, each]) => ms % each === 0)) ?? UNITS[4];
  return `${ms / size}${name}`;
}
