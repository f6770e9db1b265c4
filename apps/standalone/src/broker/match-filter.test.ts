import { expect, it } from "vitest";
import { matchesFilter } from "./match-filter.ts";

it.each([
  ["a/b", "a/b", true],
  ["a/b", "a/bc", false],
  ["a/b", "a", false],
  ["a", "a/b", false],
  ["a/+/c", "a/b/c", true],
  ["a/+/c", "a//c", true],
  ["a/+/c", "a/b/d", false],
  ["a/+/c", "a/b/c/d", false],
  ["a/+", "a", false],
  ["a/+", "a/", true],
  ["+", "a", true],
  ["+", "a/b", false],
  ["+/+", "/a", true],
  ["#", "a/b/c", true],
  ["a/#", "a", true],
  ["a/#", "a/b/c", true],
  ["a/#", "ab", false],
  ["a/+/#", "a/b", true],
  ["#", "$SYS/a", false],
  ["+/a", "$SYS/a", false],
  ["$SYS/#", "$SYS/a", true],
  ["flotilla/v1/d/+/up/state", "flotilla/v1/d/x/up/state", true],
  ["flotilla/v1/d/+/up/state", "flotilla/v1/d/x/up/states", false],
])("%s, %s: %s (MQTT 3.1.1, 4.7)", (filter, topic, expected) => {
  expect(matchesFilter(filter, topic)).toBe(expected);
});
