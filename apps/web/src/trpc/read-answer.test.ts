import superjson from "superjson";
import { expect, test } from "vitest";
import { readAnswer } from "./read-answer.ts";

const at = new Date("2026-11-24T13:02:11.123Z");
const shared = { at };

/** Against the library that writes the answers. */
test.each([
  ["plain", { a: [1, "two", null, true], b: {} }],
  ["nothing", undefined],
  ["a date alone", at],
  ["dates in lists and objects", { items: [{ at, deep: { at } }, { at }], last: at }],
  ["undefined", { a: undefined, list: [undefined, 1] }],
  ["keys with dots and backslashes", { "a.b": at, "c\\d": at, "e\\.f": { "g.h": at } }],
  ["numbers that JSON has not", { a: Number.NaN, b: Number.POSITIVE_INFINITY }],
  ["large integers", { a: 2n ** 70n }],
  ["one object in two places", { a: shared, b: [shared] }],
])("reads %s", (_, value) => {
  expect(readAnswer(JSON.parse(JSON.stringify(superjson.serialize(value))))).toEqual(value);
});

test.each([
  ["a set", { a: new Set([at]) }],
  ["a map", { a: new Map([["k", at]]) }],
  ["an error", { a: new Error("x") }],
])("says so at a kind that it does not know: %s", (_, value) => {
  expect(() => readAnswer(JSON.parse(JSON.stringify(superjson.serialize(value))))).toThrow(/cannot read/);
});
