import { expect, test } from "vitest";
import { type Figure, holds } from "./figure.ts";
import { missedTargets, printSection, printTargets } from "./print-section.ts";

const atMost = (value: number): Figure["limit"] => ({ kind: "at most", value });
const atLeast = (value: number): Figure["limit"] => ({ kind: "at least", value });
const figure = (fields: Partial<Figure>): Figure => ({ what: "it", unit: "s", values: [1], limit: null, ...fields });
const section = (...figures: Figure[]) => ({ title: "Part", figures, notes: ["How it was done."] });

test.each<[string, Partial<Figure>, boolean]>([
  ["the median counts, not the worst run", { values: [9, 1, 2], limit: atMost(2) }, true],
  ["the median is above", { values: [1, 3, 4], limit: atMost(2) }, false],
  ["enough", { values: [2500], limit: atLeast(2500) }, true],
  ["too little", { values: [2499], limit: atLeast(2500) }, false],
  ["what never came to its end does not hold", { values: [Number.NaN], limit: atMost(2) }, false],
  ["what could not be measured does not hold", { values: [], limit: atMost(2) }, false],
  ["nothing was promised", { values: [], limit: null }, true],
])("%s", (_, fields, expected) => {
  expect(holds(figure(fields))).toBe(expected);
});

test("a row says the median with its runs, the target, the verdict, the peer and the ratio", () => {
  const peer = { name: "hawkBit", value: 59.5 };
  const rows = printSection(section(figure({ values: [5, 4, 7.25], limit: atMost(6), peer })));
  expect(rows).toContain("| it | 5 s (5, 4, 7.25) | ≤ 6 s | holds | hawkBit: 59.5 s | 11.9 × better |");
  expect(rows).toContain("How it was done.");
});

test("more is better where at least something is promised, and worse is said", () => {
  const peer = { name: "hawkBit", value: 400 };
  const rows = (value: number): string => printSection(section(figure({ unit: "/s", values: [value], limit: atLeast(2_500), peer })));
  expect(rows(10_000)).toContain("| 25 × better |");
  expect(rows(100)).toContain("| ≥ 2,500 /s | **missed** | hawkBit: 400 /s | 0.25 × (worse) |");
});

test("the targets of all sections are counted, and the missed ones named", () => {
  const sections = [
    section(figure({ limit: atMost(1) }), figure({ what: "other", values: [] })),
    section(figure({ what: "late", limit: atMost(0.5) })),
  ];
  expect(printTargets(sections)).toContain("1 of 2 targets hold.");
  expect(missedTargets(sections)).toEqual(["late"]);
});

test("a figure that could not be measured says why", () => {
  expect(printSection(section(figure({ values: [], note: "the broker was away" })))).toContain(
    "| it | not measured; the broker was away |",
  );
});
