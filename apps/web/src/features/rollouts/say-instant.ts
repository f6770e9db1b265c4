/** An instant in the time zone in which a person chose it, with the zone's name: "1 Mar 2026, 14:00 GMT+1 (Europe/Berlin)". */
export function sayInstant(locale: string, at: Date | string, timeZone: string): string {
  const format = new Intl.DateTimeFormat(locale, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
    timeZone,
  });
  return `${format.format(new Date(at))} (${timeZone})`;
}
