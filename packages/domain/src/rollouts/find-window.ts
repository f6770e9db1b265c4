import { type MaintenanceWindow, type Weekday } from "@flotilla/contracts";

export interface WindowState {
  readonly open: boolean;
  /** When it opens next, where it is shut. */
  readonly opensAt: Date | null;
}

const OPEN: WindowState = { open: true, opensAt: null };
const DAYS: readonly Weekday[] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const DAY_MS = 86_400_000;

/**
 * Whether a device of this time zone may begin at `now`. Windows are said in the device's wall clock, so they follow summer time: one that begins in
 * the hour that is left out begins after it, and of an hour that comes twice the first one counts, for the beginning and for the end.
 */
export function findWindow(windows: readonly MaintenanceWindow[], timeZone: string, now: Date): WindowState {
  if (windows.length === 0) return OPEN;
  const clock = clockOf(timeZone);
  const today = Date.UTC(...clock.wallAt(now.getTime()).date);
  let opensAt = Infinity;
  // Yesterday's may last until today; a week ahead every window begins once.
  for (let day = -1; day <= 7; day += 1) {
    const date = today + day * DAY_MS;
    // Days come in order: what opens on an earlier one opens first.
    if (opensAt !== Infinity) break;
    const weekday = DAYS[new Date(date).getUTCDay()];
    for (const { days, from, to } of windows) {
      if (weekday === undefined || !days.includes(weekday)) continue;
      const begins = clock.instantOf(date + msOf(from));
      const ends = clock.instantOf(date + msOf(to) + (msOf(to) <= msOf(from) ? DAY_MS : 0));
      if (begins <= now.getTime() && now.getTime() < ends) return OPEN;
      if (begins > now.getTime() && begins < ends) opensAt = Math.min(opensAt, begins);
    }
  }
  return { open: false, opensAt: opensAt === Infinity ? null : new Date(opensAt) };
}

function msOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return (hours * 60 + minutes) * 60_000;
}

interface Clock {
  /** What the wall shows at an instant, as if it were UTC. */
  wallAt(instant: number): { ms: number; date: [year: number, month: number, day: number] };
  /** The instant at which the wall shows this. */
  instantOf(wall: number): number;
}

/** A clock on the wall there. A name that nobody knows is UTC: a device's tag is free text, and must not stop a rollout. */
function clockOf(timeZone: string): Clock {
  const format = formatOf(timeZone);
  const wallAt: Clock["wallAt"] = (instant) => {
    const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return { ms: Date.UTC(year, month - 1, day, hour, minute, second), date: [year, month - 1, day] };
  };
  const offsetAt = (instant: number): number => wallAt(instant).ms - Math.floor(instant / 1000) * 1000;
  const instantOf = (wall: number): number => {
    // Offsets before and after: a change of the clock lies between them at most once.
    const candidates = [offsetAt(wall - DAY_MS), offsetAt(wall + DAY_MS)].map((offset) => wall - offset);
    const fitting = candidates.filter((instant) => wallAt(instant).ms === wall);
    return fitting.length > 0 ? Math.min(...fitting) : Math.max(...candidates);
  };
  return { wallAt, instantOf };
}

/** Making one takes a thousand times as long as using it. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const format = formats.get(timeZone) ?? makeFormat(timeZone);
  // Names come from devices' tags: a cache of what anybody writes there must not grow for ever.
  if (formats.size < 1000) formats.set(timeZone, format);
  return format;
}

function makeFormat(timeZone: string): Intl.DateTimeFormat {
  const numbers = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" } as const;
  try {
    return new Intl.DateTimeFormat("en-US", { ...numbers, hourCycle: "h23", timeZone });
  } catch {
    return new Intl.DateTimeFormat("en-US", { ...numbers, hourCycle: "h23", timeZone: "UTC" });
  }
}
