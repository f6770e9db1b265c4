import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyFilter } from "../testing/filters.ts";
import { colourFilter } from "./colour-filter.ts";
import { sayFilterError } from "./filter-error.ts";
import { FILTER_LIMITS, parseFilter } from "./parse-filter.ts";
import { printFilter } from "./print-filter.ts";

const strange = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 12 }).filter((text) => !text.includes("\u0000") && text.isWellFormed()),
  fc.constantFrom('"', "\\", "and", "tag.", "name", "tag", "a b", "' or 1=1 --", "*", "ß", "日本", "\n", "online", "memorymb"),
);
const words = {
  texts: strange,
  tagKeys: strange,
  ids: fc.uuid(),
  numbers: fc.oneof(
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }).map((value) => Number(value.toFixed(6)) + 0),
  ),
  spansMs: fc.nat(10_000).map((seconds) => seconds * 1000),
};

test("a printed filter is read as the same filter again", () => {
  fc.assert(
    fc.property(anyFilter(words), (filter) => {
      const text = printFilter(filter);
      fc.pre(text.length <= FILTER_LIMITS.length);
      expect(parseFilter(text)).toEqual({ ok: true, filter });
    }),
    { numRuns: 500 },
  );
});

test("no text breaks the reader: it answers, its error lies in the text, and its colours are the whole text", () => {
  const pieces = fc.constantFrom(
    "(",
    ")",
    "not",
    "and",
    "or",
    "in",
    "site",
    "=",
    "!=",
    "~",
    '"',
    "\\",
    "tag",
    ":",
    "tag.",
    "2h",
    ">",
    "1",
    ",",
    " ",
    "é",
    "{",
    "\0",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.array(pieces, { maxLength: 12 }).map((list) => list.join(" ")),
      ),
      (text) => {
        const answer = parseFilter(text);
        expect(
          colourFilter(text)
            .map((part) => part.text)
            .join(""),
        ).toBe(text);
        if (answer.ok) return;
        expect(answer.error.start).toBeGreaterThanOrEqual(0);
        expect(answer.error.end).toBeGreaterThanOrEqual(answer.error.start);
        expect(answer.error.end).toBeLessThanOrEqual(text.length);
        expect(sayFilterError(answer.error)).not.toMatch(/\{\w/);
      },
    ),
    { numRuns: 500 },
  );
});

test.each([
  ["", ""],
  ['site = "north" and memoryMb >= 512 and not tag:lab', 'site = "north" and memoryMb >= 512 and not tag:lab'],
  ["name ~ cam-* or (online AND health=failed)", 'name ~ "cam-*" or online and health = failed'],
  ["(a = 1 or b = 2) and c = 3", '(a = "1" or b = "2") and c = "3"'],
  ["not (online or tag:lab)", "not (online or tag:lab)"],
  ["not not online", "not not online"],
  ['not site = "north"', 'site != "north"'],
  ['profile not in ("arm64-cpu", x64-avx2)', 'profile not in ("arm64-cpu", "x64-avx2")'],
  ['site in ("north")', 'site = "north"'],
  ["lastSeen > 120m ago", "lastSeen > 2h"],
  ["online = false", "not online"],
  ["cam", '"cam"'],
  ['"cam ost"', '"cam ost"'],
  ['tag.site = "north"', 'site = "north"'],
  ['tag."my key" = "x" and tag:"other key"', 'tag."my key" = "x" and tag:"other key"'],
  ['tag.memory = "big"', 'memory = "big"'],
  ['tag.modle = "big"', 'tag.modle = "big"'],
  ["temperatureC > -5.5", "temperatureC > -5.5"],
  ["((((online))))", "online"],
])("%s is printed as %s", (text, printed) => {
  const answer = parseFilter(text);
  expect(answer.ok ? printFilter(answer.filter) : answer.error).toBe(printed);
});

describe("an error points at the character", () => {
  test.each([
    ["site = ", 7, 7, "VALUE_MISSING"],
    ['site = "north', 7, 13, "UNCLOSED_STRING"],
    ['site = "a\\x"', 7, 12, "BROKEN_STRING"],
    ["online site = a", 7, 11, "CONNECTOR_MISSING"],
    ["online and", 10, 10, "CONDITION_MISSING"],
    ["and online", 0, 3, "CONDITION_MISSING"],
    ["(online", 0, 1, "PARENTHESIS_UNCLOSED"],
    ["online)", 6, 7, "PARENTHESIS_UNOPENED"],
    ["memoryMb", 8, 8, "OPERATOR_MISSING"],
    ["memroyMb >= 512", 0, 8, "FIELD_UNKNOWN"],
    ["Health = failed", 0, 6, "FIELD_UNKNOWN"],
    ["onlin", 0, 5, "FIELD_UNKNOWN"],
    ["memoryMb >= lots", 12, 16, "NUMBER_WRONG"],
    ['memoryMb >= "512"', 12, 17, "NUMBER_WRONG"],
    ["memoryMb ~ 512", 9, 10, "OPERATOR_WRONG"],
    ["site >= 3", 5, 7, "OPERATOR_WRONG"],
    ["health = faild", 9, 14, "CHOICE_WRONG"],
    ["lastSeen > soon", 11, 15, "DURATION_WRONG"],
    ["releaseId = 7", 12, 13, "ID_WRONG"],
    ["online = 1", 9, 10, "FLAG_VALUE_WRONG"],
    ["profile in x", 11, 12, "LIST_MISSING"],
    ["profile in (x y)", 14, 15, "LIST_UNCLOSED"],
    ["tag:", 4, 4, "TAG_KEY_MISSING"],
    ["online & site = a", 7, 8, "UNEXPECTED_CHARACTER"],
    ['online and 😀 = "x"', 11, 13, "UNEXPECTED_CHARACTER"],
  ])("%s", (text, start, end, code) => {
    expect(parseFilter(text)).toMatchObject({ ok: false, error: { code, start, end } });
  });

  test.each([
    ["depth", `${"(".repeat(21)}online${")".repeat(21)}`, 20, 21, "TOO_DEEP"],
    ["conditions", Array.from({ length: 201 }, () => "online").join(" or "), 2000, 2006, "TOO_MANY_CONDITIONS"],
    ["values of a list", `site in (${Array.from({ length: 201 }, () => "a").join(",")})`, 409, 410, "TOO_MANY_CONDITIONS"],
    ["length", `site = ${"x".repeat(4000)}`, 4000, 4007, "TOO_LONG"],
  ])("the limit of %s", (_, text, start, end, code) => {
    expect(parseFilter(text)).toMatchObject({ ok: false, error: { code, start, end } });
  });

  test.each([
    ["memroyMb >= 512", "There is no field memroyMb: did you mean memoryMb? A tag of this name is written tag.memroyMb."],
    ["health = faild", "health is never faild: did you mean failed?"],
    ["site >= 3", "site cannot be asked by >=; it takes =  !=  ~  !~  in."],
  ])("%s says what to do", (text, sentence) => {
    const answer = parseFilter(text);
    expect(answer.ok ? "" : sayFilterError(answer.error)).toBe(sentence);
  });
});

test("colours know a field from a tag, a value from a search", () => {
  const roles = colourFilter('site = "a" and memoryMb > 1 and tag:lab and cam').filter(({ role }) => role !== "space");
  expect(roles.map(({ text, role }) => `${text} ${role}`)).toEqual([
    "site tag",
    "= operator",
    '"a" value',
    "and keyword",
    "memoryMb field",
    "> operator",
    "1 value",
    "and keyword",
    "tag tag",
    ": operator",
    "lab tag",
    "and keyword",
    "cam search",
  ]);
});
