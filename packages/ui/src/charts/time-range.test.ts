import { expect, test } from "vitest";
import { timeRange } from "./time-range.ts";
import { timeTicks } from "./time-ticks.ts";

const NOW = new Date("2026-03-01T12:00:00Z");
const at = (...seconds: number[]) => seconds.map((second) => new Date(NOW.getTime() + second * 1000));
const base = NOW.getTime() / 1000;

test.each<[string, Date[], [number, number]]>([
  ["one point", at(0), [-30, 30]],
  ["points of one instant", at(5, 5, 5), [-25, 35]],
  ["points within a minute", at(0, 20), [-20, 40]],
  ["points further apart", at(0, 3600), [0, 3600]],
  ["no point yet", [], [-30, 30]],
])("%s", (_, times, [from, to]) => {
  expect(timeRange(times, NOW)).toEqual([base + from, base + to]);
});

test("the words under a single point are times of its own minute", () => {
  const [from, to] = timeRange(at(0), NOW);
  const say = timeTicks("en", "UTC");
  expect(say([from, (from + to) / 2, to], 30)).toEqual(["11:59:30", "12:00:00", "12:00:30"]);
});
