import { expect, test } from "vitest";
import { thinMarks } from "./thin-marks.ts";

const at = (minute: number) => new Date(minute * 60_000);
const labels = (minutes: number[]) =>
  thinMarks(
    minutes.map((minute) => ({ at: at(minute), label: `r${minute}` })),
    at(0),
    at(100),
    (label, count) => `${label} +${count}`,
  ).map(({ label }) => label);

test.each([
  ["far apart: each has its name", [0, 40, 80], ["r0", "r40", "r80"]],
  ["close together: the first speaks for all", [50, 51, 60], ["r50 +2", "", ""]],
  ["two clusters", [0, 1, 70, 71, 72], ["r0 +1", "", "r70 +2", "", ""]],
  ["none", [], []],
])("%s", (_, minutes, expected) => {
  expect(labels(minutes)).toEqual(expected);
});
