import { expect, test } from "vitest";
import { targetsTable } from "./check-targets.ts";
import { SEARCHED, STATIC } from "./make-variants.ts";
import type { Measured, Row } from "./measure-case.ts";

const cost = { insideS: 2, cpuS: 3, peakBytes: 300e6 };
const pixels = { path: "", shape: [28, 28, 1], count: 10_000 };
const goal = { minScore: 0.98, maxBytes: 3_200_000, minSpeedup: 1.3 };

function measured(name: string, row: Partial<Row>, tool = STATIC): Measured {
  const labels = name === "MobileNetV2" ? null : [];
  const model = {
    name,
    source: "",
    sourceBytes: 10,
    calibration: pixels,
    test: pixels,
    labels,
    batch: 1,
    maxLoss: 1,
    elsewhere: [],
    search: { steering: pixels, goal },
  };
  const variant = { tool, ours: true, file: "", cost };
  return { model, sourceScore: 0.9925, rows: [{ variant, bytes: 1, score: 0.9925, elsewhere: null, speed: 1.5, placement: null, ...row }] };
}
const placed = (integerNodes: number) => ({
  placement: { quantisedNodes: 100, integerNodes, integerTimeShare: 1, conversionTimeShare: 0, inFloat: [], slowest: [] },
});
const missed = (...rows: Measured[]): string[] =>
  targetsTable(rows, [], null)
    .split("\n")
    .filter((line) => line.includes("missed"));

test.each<[string, Measured, RegExp | null]>([
  ["the accuracy is reached", measured("mnist_cnn_bn", placed(100)), null],
  [
    "the accuracy is missed on the processor without VNNI",
    measured("mnist_cnn_bn", { ...placed(100), elsewhere: 0.99 }),
    /99.00 % without VNNI/,
  ],
  ["the mobile net's best is too large", measured("mini_mobilenet_w2", { ...placed(100), bytes: 60_001 }), /60,000 bytes/],
  ["the searched variant is too slow", measured("MobileNetV2", { ...placed(100), score: 1, speed: 1.2 }, SEARCHED), /1.20 ×/],
  ["too much runs in float", measured("mnist_cnn_bn", placed(94)), /94.00 %/],
  ["a loss that its gate caught is no surprise", measured("other", { ...placed(100), score: 0.9 }), null],
])("%s", (_, rows, expected) => {
  if (expected === null) expect(missed(rows)).toEqual([]);
  else expect(missed(rows)).toEqual([expect.stringMatching(expected)]);
});

test("seconds and memory are held against the peer's", () => {
  const pair = { what: STATIC, ours: cost, peer: "p", theirs: { insideS: 1.9, cpuS: 3, peakBytes: 334e6 }, now: true };
  expect(targetsTable([measured("other", placed(100))], [pair], null)).toMatch(/≤ 1 of the peer's seconds.*\| 1\.05, 300 MB \| \*\*missed/);
  const large = { bytes: 500e6, ours: { ...cost, peakBytes: 1501e6 }, peer: null };
  expect(targetsTable([measured("other", placed(100))], [], large)).toMatch(/\| 3\.00 × \| \*\*missed/);
});
