import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { readModel, simplify } from "@flotilla/onnx";
import { RangeObserver, tapsFor } from "@flotilla/onnx/optimise";
import { samples } from "@flotilla/samples";
import { readNpy, writeNpy } from "@flotilla/validate/npy";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { calibrate } from "./calibrate.ts";

const context = { progress: () => undefined, event: () => undefined };
const COUNT = 8;
let directory = "";
let digits = new Float32Array();

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "calibrate-"));
  const pixels = readNpy(await readFile(samples.mnistCalibrationImages)).data as Uint8Array;
  digits = Float32Array.from(pixels.subarray(0, COUNT * 784), (pixel) => pixel / 255);
});
afterAll(() => rm(directory, { recursive: true }));

async function calibrated(data: Float32Array, histograms: boolean) {
  const file = path.join(directory, "data.npy");
  await writeFile(file, writeNpy({ type: "float32", shape: [COUNT, 28, 28, 1], data }));
  const model = readModel(await readFile(samples.mnistCnn));
  simplify(model);
  const observer = new RangeObserver({ histograms });
  const set = { kind: "npy" as const, path: file, labelsPath: null, preprocessing: null };
  const { notes } = await calibrate({ model, taps: tapsFor(model), observer, sampleCount: COUNT, data: set }, context);
  return { notes, observer };
}

describe("calibrating", () => {
  test.each(["min-max", "moving-average"] as const)("%s ranges from both ends are those from every value", async (observer) => {
    const [ends, whole] = [await calibrated(digits, false), await calibrated(digits, true)];
    expect(ends.observer.ranges({ observer })).toEqual(whole.observer.ranges({ observer }));
    expect(ends.notes).toEqual(whole.notes);
  });

  test("values that are no numbers are left out and counted, where only both ends are asked for too", async () => {
    const spoilt = digits.with(784 + 400, Number.NaN);
    const [ends, whole] = [await calibrated(spoilt, false), await calibrated(spoilt, true)];
    expect(ends.notes.join("\n")).toContain("had 1 values that are no finite numbers");
    expect(ends.notes).toEqual(whole.notes);
    expect(ends.observer.ranges()).toEqual(whole.observer.ranges());
  });
});
