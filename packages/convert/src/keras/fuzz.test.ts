import { expect, it, vi } from "vitest";
import { type RandomLayer, randomLayer } from "../test-support/random-layer.ts";
import { runConverted, worstDistance } from "../test-support/run-converted.ts";
import { runTfjs } from "../test-support/run-tfjs.ts";
import { readTfjs } from "./container/read-tfjs.ts";
import { convertKeras } from "./convert-keras.ts";
import { slotsOf } from "./layers/registry.ts";

/** `FUZZ_CASES=2000` tries more of them: CI does, behind `npm test`. */
const count = Number(process.env["FUZZ_CASES"] ?? 200);

vi.spyOn(console, "warn").mockImplementation(() => undefined);

async function differs(layer: RandomLayer, seed: number): Promise<string | null> {
  const { input, modelJson, output, weights } = await runTfjs(layer, seed);
  const { model } = convertKeras(readTfjs(modelJson, () => weights, slotsOf));
  const distance = worstDistance(await runConverted(model, [input]), [output]);
  return distance <= 1e-5
    ? null
    : `seed ${seed}: ${layer.className} ${JSON.stringify(layer.config)} on [${layer.shape.join(", ")}]: ${distance}`;
}

it(`${count} random layers give what TensorFlow.js gives`, { timeout: 600_000 }, async () => {
  const wrong: string[] = [];
  for (let seed = 0; seed < count; seed += 1) {
    const found = await differs(randomLayer(seed), seed);
    if (found !== null) wrong.push(found);
  }
  expect(wrong).toEqual([]);
});
