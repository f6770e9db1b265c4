import { type Weekday, weekdays } from "@flotilla/contracts";
import { useLocale } from "next-intl";

/** The days of the week in the page's language, for labels that are read out and for those that are seen. */
export function useDayNames(): (day: Weekday, length?: "short" | "long") => string {
  const locale = useLocale();
  return (day, length = "short") => {
    const format = new Intl.DateTimeFormat(locale, { weekday: length, timeZone: "UTC" });
    // 1 January 2024 was a Monday.
    return format.format(Date.UTC(2024, 0, 1 + weekdays.indexOf(day)));
  };
}
