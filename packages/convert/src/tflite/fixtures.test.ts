import { writeModel } from "@flotilla/onnx";
import { describe, expect, it } from "vitest";
import { type Fixture, tfliteFixtures } from "../test-support/fixtures.ts";
import { type Answer, elements, runFile, stepsAway, worstDistance } from "../test-support/run-converted.ts";
import { convertTflite } from "./convert-tflite.ts";
import { inspectTflite } from "./inspect-tflite.ts";

/** Nodes after the clean-up, at most. What onnxsim leaves of the same model (by way of tf2onnx), where that was measured. */
const MOST_NODES: Readonly<Record<string, number>> = {
  mini_mobilenet: 34,
  bigru_digits: 112,
  unet: 28,
  ssd_tiny: 28,
  siamese: 39,
  lstm_rows: 13,
  tcn_waves: 85,
};

/**
 * Steps by which an int8 output may differ from TFLite's interpreter, and the share of values that may differ by more than one: one and none but here. One of the networks' thousands of
 * sums may lie so near a half that float32 takes it for the other side; behind it a step in tcn_waves becomes three.
 */
const STEPS: Readonly<Record<string, readonly [number, number]>> = { tcn_waves: [3, 0.0032] };

const fixtures = tfliteFixtures();

/** One sample at a time, as the references were made. */
async function run({ bytes, runs }: Fixture): Promise<Answer[][]> {
  const { model } = convertTflite(bytes);
  expect(model.graph.inputs).toEqual(inspectTflite(bytes).inputs.map((input) => input.name));
  return runFile(
    writeModel(model),
    runs.map(({ inputs }) => inputs),
  );
}

function classOf(values: ArrayLike<number>): number {
  return Array.from(values).indexOf(Math.max(...Array.from(values)));
}

describe("a float TFLite file of a trained model", () => {
  it.each(fixtures.filter(({ file }) => file === "model.tflite"))(
    "$name computes as TFLite's interpreter does, to 1e-5 of the largest value",
    async (fixture) => {
      for (const [index, answers] of (await run(fixture)).entries())
        expect(worstDistance(answers, fixture.runs[index]?.outputs ?? [])).toBeLessThanOrEqual(1e-5);
      expect(convertTflite(fixture.bytes).nodesAfter).toBeLessThanOrEqual(MOST_NODES[fixture.name] ?? Infinity);
    },
  );
});

describe("an int8 TFLite file of a trained model", () => {
  it.each(fixtures.filter(({ file }) => file === "model_int8.tflite"))(
    "$name computes as TFLite's interpreter does, to a step or as told",
    async (fixture) => {
      const [steps, share] = STEPS[fixture.name] ?? [1, 0];
      const answers = await run(fixture);
      const { largest, shareOverOne } = stepsAway(answers, fixture.runs);
      expect(largest).toBeLessThanOrEqual(steps);
      expect(shareOverOne).toBeLessThanOrEqual(share);
      for (const [index, { outputs }] of fixture.runs.entries())
        for (const [output, tensor] of outputs.entries())
          if (tensor.bytes.length === 10) expect(classOf(answers[index]?.[output]?.data ?? [])).toBe(classOf(elements(tensor)));
    },
  );
});

describe("a fused LSTM", () => {
  it("starts every run anew: the same sample gives the same answer twice", async () => {
    const fixture = fixtures.find(({ name }) => name === "lstm_rows");
    expect(fixture).toBeDefined();
    if (fixture === undefined) return;
    const [first, again] = [await run(fixture), await run(fixture)];
    expect(again).toEqual(first);
  });
});
