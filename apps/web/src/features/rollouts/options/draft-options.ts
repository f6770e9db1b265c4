import { type RolloutOptions, type RolloutPace, type Weekday, weekdays } from "@flotilla/contracts";

/** A pace as it is typed. All fields stay when the kind changes, so that nothing is lost by looking. Rates are devices a minute. */
export interface PaceDraft {
  kind: "none" | RolloutPace["kind"];
  perMinute: number | null;
  startPerMinute: number | null;
  factor: number | null;
  everySeconds: number | null;
  maxPerMinute: number | null;
}

/** A maintenance window as it is typed; times are the values of time inputs, empty while one is missing. */
export interface WindowDraft {
  key: string;
  days: readonly Weekday[];
  from: string;
  to: string;
}

/** How a rollout goes about it, as it is typed: numbers may be missing for a moment. */
export interface OptionsDraft {
  pace: PaceDraft;
  revertPace: PaceDraft;
  windows: readonly WindowDraft[];
  /** null: as long as the stage's deadline. */
  deviceTimeoutSeconds: number | null;
  retryLimit: number | null;
  backoffSeconds: number | null;
  joinNewDevices: boolean;
  takesExclusiveDevices: boolean;
}

export type OptionErrorKey = "rate" | "factor" | "every" | "most" | "days" | "hour" | "timeout" | "retries" | "backoff";

/** What is wrong, by field: `pace.perMinute`, `windows.KEY.days`, `deviceTimeoutSeconds`. */
export type OptionErrors = Readonly<Record<string, OptionErrorKey>>;

export const MOST_WINDOWS = 20;
export const MOST_RETRIES = 10;
const MOST_A_MINUTE = 1_000_000;
const DAY_SECONDS = 86_400;
const HOUR = /^([01][0-9]|2[0-3]):[0-5][0-9]$/;

const noPace: PaceDraft = { kind: "none", perMinute: 10, startPerMinute: 1, factor: 2, everySeconds: 600, maxPerMinute: 100 };

/** Nothing special; with numbers to start from in what is not switched on. */
export const defaultOptions: OptionsDraft = {
  pace: noPace,
  revertPace: noPace,
  windows: [],
  deviceTimeoutSeconds: null,
  retryLimit: 0,
  backoffSeconds: 60,
  joinNewDevices: false,
  takesExclusiveDevices: false,
};

/** A window to start from: the nights of every day. */
export const nightlyWindow = (key: string): WindowDraft => ({ key, days: weekdays, from: "22:00", to: "06:00" });

/** Whether a window goes on into the day after: the same hour twice is a whole day. */
export const endsNextDay = ({ from, to }: Pick<WindowDraft, "from" | "to">): boolean => from !== "" && to !== "" && to <= from;

/** Everything that is wrong, each with the field at which it is said. Empty: the API takes it. */
export function checkOptions(draft: OptionsDraft): OptionErrors {
  const { deviceTimeoutSeconds, retryLimit, backoffSeconds } = draft;
  const wrong: [string, OptionErrorKey, boolean][] = [
    ...checkPace("pace", draft.pace),
    ...checkPace("revertPace", draft.revertPace),
    ...draft.windows.flatMap((window): [string, OptionErrorKey, boolean][] => [
      [`windows.${window.key}.days`, "days", window.days.length === 0],
      [`windows.${window.key}.from`, "hour", !HOUR.test(window.from)],
      [`windows.${window.key}.to`, "hour", !HOUR.test(window.to)],
    ]),
    ["deviceTimeoutSeconds", "timeout", deviceTimeoutSeconds !== null && !isWhole(deviceTimeoutSeconds, 1, 90 * DAY_SECONDS)],
    ["retryLimit", "retries", !isWhole(retryLimit, 0, MOST_RETRIES)],
    ["backoffSeconds", "backoff", retryLimit !== 0 && !isWhole(backoffSeconds, 1, DAY_SECONDS)],
  ];
  return Object.fromEntries(wrong.filter(([, , is]) => is).map(([field, key]) => [field, key]));
}

function checkPace(field: string, pace: PaceDraft): [string, OptionErrorKey, boolean][] {
  const notRate = (rate: number | null) => !isWhole(rate, 1, MOST_A_MINUTE);
  if (pace.kind === "none") return [];
  if (pace.kind === "constant") return [[`${field}.perMinute`, "rate", notRate(pace.perMinute)]];
  const { startPerMinute, factor, everySeconds, maxPerMinute } = pace;
  return [
    [`${field}.startPerMinute`, "rate", notRate(startPerMinute)],
    [`${field}.factor`, "factor", factor === null || factor <= 1 || factor > 10],
    [`${field}.everySeconds`, "every", !isWhole(everySeconds, 1, DAY_SECONDS)],
    [`${field}.maxPerMinute`, "most", notRate(maxPerMinute) || (maxPerMinute ?? 0) < (startPerMinute ?? 0)],
  ];
}

const isWhole = (value: number | null, least: number, most: number): boolean =>
  value !== null && Number.isInteger(value) && value >= least && value <= most;

/** The options as the API takes them; null while something is wrong. */
export function toOptions(draft: OptionsDraft): RolloutOptions | null {
  if (Object.keys(checkOptions(draft)).length > 0) return null;
  return {
    pace: toPace(draft.pace),
    revertPace: toPace(draft.revertPace),
    // In the week's order, whatever the order of the presses was.
    windows: draft.windows.map(({ days, from, to }) => ({ days: weekdays.filter((day) => days.includes(day)), from, to })),
    deviceTimeoutSeconds: draft.deviceTimeoutSeconds,
    retries: { limit: draft.retryLimit ?? 0, backoffSeconds: draft.retryLimit === 0 ? 60 : (draft.backoffSeconds ?? 60) },
    joinNewDevices: draft.joinNewDevices,
    takesExclusiveDevices: draft.takesExclusiveDevices,
  };
}

function toPace({ kind, perMinute, startPerMinute, factor, everySeconds, maxPerMinute }: PaceDraft): RolloutPace | null {
  if (kind === "none") return null;
  if (kind === "constant") return { kind, perMinute: perMinute ?? 1 };
  return {
    kind,
    startPerMinute: startPerMinute ?? 1,
    factor: factor ?? 2,
    everySeconds: everySeconds ?? 1,
    maxPerMinute: maxPerMinute ?? 1,
  };
}
