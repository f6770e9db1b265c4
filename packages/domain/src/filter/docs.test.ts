import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { filterFieldNames } from "./fields.ts";
import { parseFilter } from "./parse-filter.ts";

const docs = readFileSync(new URL("../../../../docs/filters.md", import.meta.url), "utf8");
const linesOf = (language: string) =>
  [...docs.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].flatMap(([, block = ""]) => block.trimEnd().split("\n"));

test("every example of docs/filters.md is a filter, and every wrong one is wrong as it says", () => {
  const examples = linesOf("filter");
  expect(examples.length).toBeGreaterThan(15);
  expect(examples.filter((text) => !parseFilter(text).ok)).toEqual([]);
  const wrong = linesOf("wrong").map((line) => line.split(" ; "));
  expect(wrong.length).toBeGreaterThan(5);
  for (const [text = "", code] of wrong) expect(parseFilter(text), text).toMatchObject({ ok: false, error: { code } });
});

test("docs/filters.md names every field and has the reader's own grammar", () => {
  expect(filterFieldNames.filter((name) => !docs.includes(`\`${name}\``))).toEqual([]);
  const reader = readFileSync(new URL("parse-filter.ts", import.meta.url), "utf8");
  expect(linesOf("ebnf").filter((rule) => !reader.includes(rule))).toEqual([]);
});
