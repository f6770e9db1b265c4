import { type Weekday, weekdays } from "@flotilla/contracts";

/** Days as a person says them: three or more in a row by the first and the last, "Mon–Fri"; others one by one. */
export function daySpans(days: readonly Weekday[]): Weekday[][] {
  const runs: Weekday[][] = [];
  weekdays.forEach((day, index) => {
    if (!days.includes(day)) return;
    const before = weekdays[index - 1];
    const run = runs.at(-1);
    if (run !== undefined && run.at(-1) === before) run.push(day);
    else runs.push([day]);
  });
  return runs.flatMap((run) => (run.length < 3 ? run.map((day) => [day]) : [[run[0], run.at(-1)].filter((day) => day !== undefined)]));
}
