import { expect, test } from "vitest";
import { flattenData, toCsv } from "./to-csv.ts";

test("a table becomes lines, with quotes where a cell needs them and nothing where there is no value", () => {
  expect(
    toCsv(
      ["name", "bytes"],
      [
        ["static int8 (min-max, 7-bit)", 70_000],
        ['say "x"', null],
      ],
    ),
  ).toBe('name,bytes\r\n"static int8 (min-max, 7-bit)",70000\r\n"say ""x""",\r\n');
});

test("a layer's name is never a formula; a negative number stays one", () => {
  expect(toCsv(["layer", "dB"], [["=1+1", -3.5]])).toBe("layer,dB\r\n'=1+1,-3.5\r\n");
});

test("a report becomes paths and values", () => {
  expect(flattenData({ latency: { p50Ms: 1.5 }, gates: [{ passed: true }], task: null, gone: undefined })).toEqual([
    ["latency.p50Ms", 1.5],
    ["gates.0.passed", true],
    ["task", null],
  ]);
});
