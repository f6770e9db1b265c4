import type { LineageView } from "@flotilla/contracts/views";
import { describe, expect, test } from "vitest";
import { placeLineage } from "./place-lineage.ts";

const at = new Date(0);
const variant = (id: string, passes: number): LineageView["variants"][number] => ({
  id,
  name: id,
  isSource: passes === 0,
  recipe: { schemaVersion: 1, name: id, passes: Array.from({ length: passes }, () => ({ pass: "simplify" as const })) },
  sha256: "a",
  format: "onnx",
  sizeBytes: 1,
  createdAt: at,
  createdBy: null,
  calibration: null,
});
const release = (id: string, variantIds: string[]): LineageView["releases"][number] => {
  return { id, name: id, state: "READY", variantIds, createdAt: at, createdBy: "Ada" };
};
const conversionOf = (passed: boolean | null): LineageView["conversion"] => ({
  format: "tflite",
  framework: "TensorFlow Lite",
  frameworkVersion: null,
  options: { layout: "nhwc" },
  nodesBefore: 9,
  nodesAfter: 4,
  seconds: 0.1,
  check: { reference: "tflite", why: null, samples: 2, outputs: [], passed },
  notes: [],
});
const file: LineageView["file"] = { name: "m.onnx", sha256: "a", sizeBytes: 1, createdAt: at, createdBy: "Ada" };

describe("the picture of a lineage", () => {
  const { cards, lines } = placeLineage({
    file,
    conversion: null,
    variants: [variant("original", 0), variant("int8", 2), variant("deep", 6), variant("fp16", 1)],
    releases: [release("r1", ["int8"]), release("r2", ["original", "fp16"]), release("r3", ["gone"])],
    runsOn: [
      { releaseId: "r1", variantId: "int8", deviceCount: 3 },
      { releaseId: "r2", variantId: null, deviceCount: 1 },
    ],
  });

  test("cards of one column do not overlap, columns go from the file to the devices", () => {
    for (const [index, left] of cards.entries()) {
      for (const right of cards.slice(index + 1)) {
        if (left.x === right.x) expect(left.y + left.height <= right.y || right.y + right.height <= left.y).toBe(true);
      }
    }
    for (const { from, to } of lines) expect(to.x).toBeGreaterThan(from.x);
  });

  test("each thing hangs on what it came from: the original on the file itself, a release on all its variants", () => {
    const origins = (key: string) => lines.filter(({ to }) => to.key === key).map(({ from }) => from.key);
    expect(origins("variant-0")).toEqual(["file-0"]);
    expect([origins("variant-1"), origins("recipe-1")]).toEqual([["recipe-1"], ["file-0"]]);
    expect([origins("release-1"), origins("release-2")]).toEqual([["variant-0", "variant-3"], []]);
    expect(origins("devices-0")).toEqual(["release-0"]);
  });

  test("a recipe stands beside its variant", () => {
    const middle = (key: string) => cards.filter((card) => card.key === key).map(({ y, height }) => y + height / 2);
    for (const index of [1, 2, 3]) expect(middle(`recipe-${index}`)).toEqual(middle(`variant-${index}`));
  });
});

test("a version of which nothing was made is its file and its original", () => {
  const { cards } = placeLineage({ file, conversion: null, variants: [variant("original", 0)], releases: [], runsOn: [] });
  expect(cards.map(({ key }) => key)).toEqual(["file-0", "variant-0"]);
});

test("what was converted stands between the file and everything that was made of it", () => {
  const variants = [variant("original", 0), variant("int8", 1)];
  const { lines } = placeLineage({ file, conversion: conversionOf(true), variants, releases: [], runsOn: [] });
  expect(lines.map(({ from, to }) => [from.key, to.key])).toEqual([
    ["file-0", "conversion-0"],
    ["conversion-0", "variant-0"],
    ["conversion-0", "recipe-1"],
    ["recipe-1", "variant-1"],
  ]);
});
