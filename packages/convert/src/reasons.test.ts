import { type UnsupportedReason, unsupportedReasons } from "@flotilla/contracts";
import { describe, expect, test } from "vitest";
import { refusal, SENTENCES, sayRefusal } from "./reasons.ts";

describe("a reason against a layer or an operator", () => {
  test.each(Object.entries(unsupportedReasons))("%s has a sentence with each of its parameters", (code, names) => {
    const sentence = SENTENCES[code as UnsupportedReason];
    const used = [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
    expect(used.toSorted()).toEqual([...names].toSorted());
  });

  test("is said in English with its values", () => {
    expect(sayRefusal(refusal("ROUNDING_BITS", { bits: 4 }))).toBe("it rounds to 4 bits, and only 8 are converted. Train it with 8.");
    expect(sayRefusal(refusal("FOREIGN_CLASS", { origin: "$& {mode}" }))).toContain("comes from $& {mode}, and");
  });
});
