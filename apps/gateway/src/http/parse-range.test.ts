import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRange } from "./parse-range.ts";

describe("parseRange", () => {
  it.each([
    [undefined, 10, { kind: "whole" }],
    ["bytes=0-0", 10, { kind: "part", start: 0, end: 0 }],
    ["bytes=3-", 10, { kind: "part", start: 3, end: 9 }],
    ["bytes=0-99", 10, { kind: "part", start: 0, end: 9 }],
    ["bytes=-4", 10, { kind: "part", start: 6, end: 9 }],
    ["bytes=-99", 10, { kind: "part", start: 0, end: 9 }],
    ["bytes=9-", 10, { kind: "part", start: 9, end: 9 }],
    ["bytes=10-", 10, { kind: "unsatisfiable" }],
    ["bytes=10-20", 10, { kind: "unsatisfiable" }],
    ["bytes=-0", 10, { kind: "unsatisfiable" }],
    ["bytes=5-3", 10, { kind: "whole" }],
    ["bytes=0-1,4-5", 10, { kind: "whole" }],
    ["items=0-1", 10, { kind: "whole" }],
    ["bytes=a-b", 10, { kind: "whole" }],
    ["bytes=-", 10, { kind: "whole" }],
    ["bytes=999999999999999999999-", 10, { kind: "whole" }],
  ])("%s of %i bytes", (header, size, expected) => {
    expect(parseRange(header, size)).toEqual(expected);
  });

  it("never points outside the file", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(1_000), fc.nat(2_000), fc.nat(2_000), (text, size, a, b) => {
        for (const header of [text, `bytes=${a}-${b}`, `bytes=${a}-`, `bytes=-${a}`]) {
          const range = parseRange(header, size);
          if (range.kind === "part") expect(0 <= range.start && range.start <= range.end && range.end < size).toBe(true);
        }
      }),
    );
  });
});
