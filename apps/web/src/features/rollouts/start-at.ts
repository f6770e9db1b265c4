/** When a rollout is to start, as typed: `local` is the value of a datetime-local input, in the browser's time zone. */
export interface StartDraft {
  mode: "now" | "at";
  local: string;
}

export const startNow: StartDraft = { mode: "now", local: "" };

export const browserTimeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The value of a datetime-local input for an instant, to the minute. */
export function toLocalInput(at: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** What the API takes: null for "at once"; undefined while the hour is missing or over. */
export function toStartAt({ mode, local }: StartDraft, now: Date): { at: Date; timeZone: string } | null | undefined {
  if (mode === "now") return null;
  const at = new Date(local);
  if (Number.isNaN(at.getTime()) || at <= now) return undefined;
  return { at, timeZone: browserTimeZone() };
}
