const DAY_MS = 86_400_000;

/** How long history is kept, in days, the same for every organisation. The decision log of a rollout is kept for ever. */
export interface Retention {
  metricDays: number;
  eventDays: number;
}

export const DEFAULT_RETENTION: Retention = { metricDays: 14, eventDays: 90 };

/** What happened before this instant is not kept any more. */
export function keptSince(now: Date, days: number): Date {
  return new Date(now.getTime() - days * DAY_MS);
}
