const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** Decimal units with three digits: `12.1 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${digits(value)} ${UNITS[unit] ?? "B"}`;
}

/** `60 %`, `0.5 %`: no more digits than are known. */
export function formatPercent(share: number): string {
  return `${digits(share * 100)} %`;
}

/** `90 s`, `5 min`, `2 h`, `3 d`: the largest unit that divides well enough. */
export function formatSeconds(seconds: number): string {
  if (seconds < 120) return `${digits(seconds)} s`;
  if (seconds < 7200) return `${digits(seconds / 60)} min`;
  if (seconds < 172_800) return `${digits(seconds / 3600)} h`;
  return `${digits(seconds / 86_400)} d`;
}

/** `1 device`, `5 devices`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** At most three significant digits, no trailing zeros. */
export function digits(value: number): string {
  return String(Number(Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3)));
}
