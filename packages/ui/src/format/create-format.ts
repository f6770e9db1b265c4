/** Everything that turns a number or a date into words of one language. */
export interface Format {
  /** Decimal units: `13.9 MB`, `512 byte`. */
  bytes: (bytes: number) => string;
  /** `1,234.5`; at most `digits` after the point (1 by default). */
  number: (value: number, digits?: number) => string;
  /** `0.994` → `99.4%`. */
  percent: (share: number, digits?: number) => string;
  /** A signed change: `0.18` → `+18%`. */
  change: (share: number, digits?: number) => string;
  /** Milliseconds with as many digits as matter: `0.34 ms`, `23.1 ms`, `1,204 ms`. */
  ms: (milliseconds: number) => string;
  /** A length of time in its two largest units: `2 h 5 min`, `14 min`, `8 s`. */
  duration: (seconds: number) => string;
  /** `24 Nov 2026, 13:02:11`, for tooltips. */
  dateTime: (at: Date) => string;
  /** `24 Nov, 13:02`, for axes and lists. */
  shortDateTime: (at: Date) => string;
  date: (at: Date) => string;
  /** `13:02:11`. */
  time: (at: Date) => string;
  /** `2 hours ago`, `in 3 days`. */
  relative: (at: Date, now: Date) => string;
  celsius: (degrees: number) => string;
  bytesPerSecond: (rate: number) => string;
  list: (words: string[]) => string;
}

const BYTE_UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

const RELATIVE_STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

const DURATION_STEPS: readonly (readonly ["day" | "hour" | "minute" | "second", number])[] = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

/** Makes a number formatter once per set of options: constructing Intl objects is the expensive part. */
function numberFormats(locale: string) {
  const made = new Map<string, Intl.NumberFormat>();
  return (options: Intl.NumberFormatOptions): Intl.NumberFormat => {
    const key = JSON.stringify(options);
    const known = made.get(key);
    if (known !== undefined) return known;
    const fresh = new Intl.NumberFormat(locale, options);
    made.set(key, fresh);
    return fresh;
  };
}

/** Digits after the point that leave about three significant ones. */
function digitsFor(value: number): number {
  const size = Math.abs(value);
  if (size >= 100 || size === 0) return 0;
  if (size >= 10) return 1;
  if (size >= 0.1) return 2;
  return 3;
}

function byteParts(bytes: number): { value: number; unit: (typeof BYTE_UNITS)[number] } {
  let value = bytes;
  let index = 0;
  while (Math.abs(value) >= 999.5 && index < BYTE_UNITS.length - 1) {
    value /= 1000;
    index += 1;
  }
  return { value, unit: BYTE_UNITS[index] ?? "terabyte" };
}

/** Picks the largest unit that fits and rounds to it. */
export function relativeParts(at: Date, now: Date): { value: number; unit: Intl.RelativeTimeFormatUnit } {
  const seconds = (at.getTime() - now.getTime()) / 1000;
  for (const [unit, size] of RELATIVE_STEPS) {
    if (Math.abs(seconds) >= size) return { value: Math.trunc(seconds / size), unit };
  }
  return { value: Math.trunc(seconds), unit: "second" };
}

/** @param timeZone IANA name; the machine's own where it is left out. */
export function createFormat(locale: string, timeZone?: string): Format {
  const numbers = numberFormats(locale);
  const zone: Intl.DateTimeFormatOptions = timeZone === undefined ? {} : { timeZone };
  const dateTimes = new Map<string, Intl.DateTimeFormat>();
  const dates = (options: Intl.DateTimeFormatOptions) => {
    const key = JSON.stringify(options);
    const format = dateTimes.get(key) ?? new Intl.DateTimeFormat(locale, { ...options, ...zone });
    dateTimes.set(key, format);
    return format;
  };
  const relatives = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "long" });
  const unit = (value: number, name: string, digits: number) =>
    numbers({ style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: digits }).format(value);
  const bytes = (size: number) => {
    const { value, unit: name } = byteParts(size);
    // English has "341 byte" for its short form; beside kB and MB it is B in every language.
    if (name === "byte") return `${numbers({ maximumFractionDigits: 0 }).format(value)} B`;
    return unit(value, name, value >= 100 ? 0 : 1);
  };
  return {
    bytes,
    number: (value, digits = 1) => numbers({ maximumFractionDigits: digits }).format(value),
    percent: (share, digits = 1) => numbers({ style: "percent", maximumFractionDigits: digits }).format(share),
    change: (share, digits = 0) => numbers({ style: "percent", maximumFractionDigits: digits, signDisplay: "exceptZero" }).format(share),
    // The SI symbol in every language: what engineers write, and short enough for an axis.
    ms: (milliseconds) => `${numbers({ maximumFractionDigits: digitsFor(milliseconds) }).format(milliseconds)} ms`,
    duration: (seconds) => durationWords(seconds, (value, name) => unit(value, name, 0)),
    dateTime: (at) => dates({ dateStyle: "medium", timeStyle: "medium" }).format(at),
    shortDateTime: (at) => dates({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at),
    date: (at) => dates({ dateStyle: "medium" }).format(at),
    time: (at) => dates({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(at),
    relative: (at, now) => {
      const parts = relativeParts(at, now);
      return relatives.format(parts.value, parts.unit);
    },
    celsius: (degrees) => unit(degrees, "celsius", 0),
    bytesPerSecond: (rate) => `${bytes(rate)}/s`,
    list: (words) => new Intl.ListFormat(locale, { type: "conjunction" }).format(words),
  };
}

function durationWords(seconds: number, word: (value: number, unit: string) => string): string {
  const whole = Math.max(0, Math.round(seconds));
  const first = DURATION_STEPS.findIndex(([, size]) => whole >= size);
  if (first === -1) return word(0, "second");
  const words: string[] = [];
  let rest = whole;
  for (const [name, size] of DURATION_STEPS.slice(first, first + 2)) {
    const value = Math.floor(rest / size);
    rest -= value * size;
    if (value > 0) words.push(word(value, name));
  }
  return words.join(" ");
}
