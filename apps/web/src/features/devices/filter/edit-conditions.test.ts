import type { FilterNode } from "@flotilla/domain/filter";
import { expect, test } from "vitest";
import { addCondition, readConditions, removeCondition } from "./edit-conditions.ts";

const health = (...values: string[]): FilterNode => ({ kind: "is", subject: { field: "health" }, values });

test.each<[string, FilterNode, string]>([
  ["", health("failed"), "health = failed"],
  ["health = failed", health("failed"), "health = failed"],
  ["health = failed and online", health("busy"), "health in (failed, busy) and online"],
  ["not online", { kind: "online" }, "online"],
  ["a = 1 or b = 2", { kind: "online" }, '(a = "1" or b = "2") and online'],
  ["site = north", { kind: "is", subject: { tag: "room" }, values: ["1"] }, 'site = "north" and room = "1"'],
])("%s with one more condition", (text, added, expected) => {
  expect(addCondition(text, added)).toBe(expected);
});

test("a condition is taken out by its place; what cannot be read has none", () => {
  expect(removeCondition("online and (a = 1 or b = 2) and c = 3", 1)).toBe('online and c = "3"');
  expect(removeCondition("online", 0)).toBe("");
  expect(readConditions("online and")).toBeNull();
});
