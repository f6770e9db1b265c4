const DAY_S = 86_400;

/**
 * The words under a time axis in the reader's language: the day where it changes or where a step is a day, else the time of day, with seconds
 * where steps are shorter than a minute.
 *
 * @returns what uPlot asks for: ticks in seconds, and the seconds between two of them
 */
export function timeTicks(locale: string, timeZone: string | undefined): (ticks: readonly number[], stepSeconds: number) => string[] {
  const zone = timeZone === undefined ? {} : { timeZone };
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { ...options, ...zone });
  const day = format({ day: "numeric", month: "short" });
  const minute = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const second = format({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  return (ticks, stepSeconds) => {
    let before = "";
    return ticks.map((tick, index) => {
      const at = new Date(tick * 1000);
      const today = day.format(at);
      const changed = index > 0 && today !== before;
      before = today;
      if (stepSeconds >= DAY_S || changed) return today;
      return (stepSeconds < 60 ? second : minute).format(at);
    });
  };
}
