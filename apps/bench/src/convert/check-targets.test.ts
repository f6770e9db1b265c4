import { expect, test } from "vitest";
import { judgeConversions } from "./check-targets.ts";
import type { CleanUpRow, ConvertRow } from "./measure.ts";

const row: ConvertRow = {
  name: "unet",
  file: "model.keras",
  isFixture: true,
  wallS: 0.6,
  cpuS: 0.6,
  peakBytes: 120e6,
  nodesBefore: 58,
  nodesAfter: 22,
  error: { value: 3e-7, unit: "relative" },
};
const integers: ConvertRow = { ...row, file: "model_int8.tflite", nodesAfter: 49, error: { value: 0, unit: "steps" } };
const cleanUp: CleanUpRow = { name: "unet", ours: true, nodesBefore: 58, nodesAfter: 22, ms: 13 };

test("all targets hold where everything is as it should be", () => {
  const targets = judgeConversions(
    [row, integers, { ...row, name: "mobilenet_v2", file: "model.zip", isFixture: false, wallS: 2.9 }],
    [cleanUp],
  );
  expect(targets).toHaveLength(6);
  expect(targets.filter(({ holds }) => !holds)).toEqual([]);
});

test.each<[what: string, rows: ConvertRow[], cleanUps: CleanUpRow[]]>([
  ["a fixture that takes longer than a second", [row, { ...row, wallS: 1.01 }], []],
  ["MobileNetV2 in more than three seconds", [{ ...row, name: "mobilenet_v2", isFixture: false, wallS: 3.1, nodesAfter: 1 }], []],
  ["a float file that is off", [{ ...row, error: { value: 1.1e-5, unit: "relative" } }, row], []],
  ["a float file whose answer is no number", [row, { ...row, error: { value: Number.NaN, unit: "relative" } }], []],
  [
    "one of four int8 files further off than a step",
    [integers, integers, integers, { ...integers, error: { value: 2, unit: "steps" } }],
    [],
  ],
  ["more nodes than onnxsim leaves", [{ ...row, nodesAfter: 29 }], []],
  ["more nodes after a clean-up than onnxsim leaves", [], [{ ...cleanUp, nodesAfter: 29 }]],
  ["a clean-up that takes more than twice onnxsim's time", [], [cleanUp, { ...cleanUp, ms: 28.1 }]],
])("%s misses one target", (_, rows, cleanUps) => {
  expect(judgeConversions(rows, cleanUps).filter(({ holds }) => !holds)).toHaveLength(1);
});

test("an int8 file has more nodes than the float one, and a large model its own time: neither is held to the others' limits", () => {
  const large = { ...row, name: "inception_v3", file: "model.zip", isFixture: false, wallS: 9, nodesAfter: 200 };
  expect(judgeConversions([integers, large], []).filter(({ holds }) => !holds)).toEqual([]);
});
