import { expect, test } from "vitest";
import { timeTicks } from "./time-ticks.ts";

const at = (text: string) => Date.parse(text) / 1000;

test.each([
  ["en", 15, ["2026-11-25T17:20:15Z", "2026-11-25T17:20:30Z"], ["17:20:15", "17:20:30"]],
  ["en", 3600, ["2026-11-25T22:00:00Z", "2026-11-25T23:00:00Z", "2026-11-26T00:00:00Z"], ["22:00", "23:00", "Nov 26"]],
  ["zh-CN", 86_400, ["2026-11-25T00:00:00Z", "2026-11-26T00:00:00Z"], ["11月25日", "11月26日"]],
])("%s, a tick every %d s", (locale, step, times, words) => {
  expect(timeTicks(locale, "UTC")(times.map(at), step)).toEqual(words);
});
