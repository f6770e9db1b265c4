import { InferenceSession, Tensor as Feed } from "onnxruntime-node";
import { expect, test } from "vitest";
import { OnnxError } from "../errors.ts";
import { checkModel } from "../graph/check-model.ts";
import { DataType } from "../graph/data-types.ts";
import type { Graph } from "../graph/graph.ts";
import type { OnnxModel } from "../graph/model.ts";
import { intsAttribute } from "../graph/node.ts";
import { readModel } from "../graph/read-model.ts";
import { toNumbers } from "../graph/tensor.ts";
import { writeModel } from "../graph/write-model.ts";
import { runModel } from "../reference/run-graph.ts";
import { differenceOf } from "../test-support/random-graph/check-pass.ts";
import { generateModel, type Generated, type Plant } from "../test-support/random-graph/generate-model.ts";
import { conv, convolution, permutation } from "../test-support/random-graph/random-steps.ts";
import * as plants from "../test-support/random-graph/plants.ts";
import * as activations from "../test-support/random-graph/plants-of-activations.ts";
import { RangeObserver } from "./observers/range-observer.ts";
import { movePastDequantise } from "./move-past-dequantise.ts";
import type { StaticOptions } from "./options.ts";
import { QUANT_PROFILES } from "./profile.ts";
import { quantiseStatic } from "./quantise-static.ts";
import { shieldFloatLayers } from "./shield-float-layers.ts";
import { addTaps, tapsFor } from "./taps.ts";

const GRAPHS = 500;
const IN_RUNTIME = 40;

const PROFILES: readonly StaticOptions[] = [
  ...Object.values(QUANT_PROFILES),
  { activations: "uint16" },
  { activations: "int16", symmetricActivations: true },
  { compact: true },
];
const LAYERS = [plants.batchNorms, plants.affines, plants.matmulAdds, plants.pads];
const ANYTHING = [...Object.values(plants), ...Object.values(activations)];

/** Layers with anything between them. */
const layered: Plant = (sketch) => {
  for (const choice of [LAYERS, ANYTHING, LAYERS]) sketch.random.pick<Plant>(choice)(sketch);
};

/** Calibrates with the generated feeds and quantises, all by the reference interpreter; null where there is nothing to quantise. */
function quantise(bytes: Uint8Array, { feeds }: Generated, options: StaticOptions): OnnxModel | null {
  const model = readModel(bytes);
  const taps = tapsFor(model, options);
  const tapped = readModel(addTaps(model, taps));
  const values = runModel(tapped, feeds);
  const observer = new RangeObserver({ histograms: false });
  for (const tap of taps) {
    const tensor = feeds.get(tap) ?? values[tapped.graph.outputs.indexOf(tap)];
    observer.observe(tap, Float32Array.from(tensor === undefined ? [] : toNumbers(tensor)));
  }
  try {
    return quantiseStatic(model, taps.length === 0 ? new Map() : observer.ranges(), options).model;
  } catch (error) {
    if (error instanceof OnnxError && /nothing to quantise/.test(error.message)) return null;
    throw error;
  }
}

async function loads(bytes: Uint8Array, { feeds }: Generated): Promise<boolean> {
  try {
    const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 4, graphOptimizationLevel: "all" });
    const all = new Map([...feeds].map(([name, tensor]) => [name, tensor]));
    await session.run(
      Object.fromEntries(
        session.inputNames.map((name) => {
          const tensor = all.get(name);
          const dims = tensor?.dims ?? [];
          return [
            name,
            tensor?.dataType === DataType.BOOL
              ? new Feed("bool", Uint8Array.from(tensor.bytes), dims)
              : new Feed("float32", Float32Array.from(tensor === undefined ? [] : toNumbers(tensor)), dims),
          ];
        }),
      ),
    );
    await session.release();
    return true;
  } catch {
    return false;
  }
}

test("on generated graphs every profile gives a valid model, with the same bytes each time, that computes nearly the same and that onnxruntime loads", async () => {
  const errors: number[] = [];
  let compared = 0;
  for (let seed = 1; seed <= GRAPHS; seed += 1) {
    const generated = generateModel(seed * 7919, layered);
    const before = writeModel(generated.model);
    const options = PROFILES[seed % PROFILES.length] ?? {};
    const quantised = quantise(before, generated, options);
    if (quantised === null) continue;
    checkModel(quantised);
    const after = writeModel(quantised);
    if (seed % 10 === 0) expect(Buffer.compare(after, writeModel(quantise(before, generated, options) ?? quantised))).toBe(0);
    const [wanted, got] = [runModel(readModel(before), generated.feeds), runModel(readModel(after), generated.feeds)];
    for (const [index, tensor] of wanted.entries()) {
      expect(got[index]?.dims, `seed ${seed}, output ${index}`).toEqual(tensor.dims);
      // A comparison falls to the other side by any rounding; only numbers have a distance.
      if (tensor.dataType === DataType.FLOAT) errors.push(differenceOf(tensor, got[index]));
    }
    if (compared >= IN_RUNTIME || !(await loads(before, generated))) continue;
    expect(await loads(after, generated), `onnxruntime refuses seed ${seed} with ${JSON.stringify(options)}`).toBe(true);
    compared += 1;
  }
  errors.sort((a, b) => a - b);
  expect(compared).toBe(IN_RUNTIME);
  expect(errors.length).toBeGreaterThan(GRAPHS);
  // The rest divides by what is nearly 0, where any rounding is much.
  expect(errors[Math.floor(errors.length * 0.5)]).toBeLessThan(0.01);
  expect(errors[Math.floor(errors.length * 0.99)]).toBeLessThan(0.1);
}, 120_000);

/** A ConvTranspose between convolutions, and a value that is moved and then read in float. */
const between: Plant = (sketch) => {
  const { random } = sketch;
  const data = sketch.any((dims) => dims.length === 4);
  const first = data === null ? conv(sketch) : convolution(sketch, data);
  if (first === null || first.tensor.dims.length !== 4) return;
  const [, channels = 1] = first.tensor.dims;
  const up = sketch.one("ConvTranspose", [first, sketch.floats([channels, random.int(1, 3), 1, random.int(1, 2)])]);
  if (up !== null) convolution(sketch, up);
  const turned = sketch.one("Transpose", [first], { perm: intsAttribute(permutation(4, random)) });
  if (turned !== null) sketch.one("Tanh", [turned]);
};

/** Each with options that do not do it by themselves in these operator sets. */
const FOR_ONNXRUNTIME: readonly [string, (graph: Graph) => number, StaticOptions][] = [
  ["movePastDequantise", movePastDequantise, QUANT_PROFILES.arm64],
  ["shieldFloatLayers", shieldFloatLayers, { ...QUANT_PROFILES.tflite, excludeOperators: ["ConvTranspose"] }],
];

test.each(FOR_ONNXRUNTIME)("%s, done for onnxruntime's sake, changes no bit", (_, change, options) => {
  let fired = 0;
  for (let seed = 1; seed <= GRAPHS; seed += 1) {
    const generated = generateModel(seed * 7919, between, [13, 17, 18]);
    const quantised = quantise(writeModel(generated.model), generated, options);
    if (quantised === null) continue;
    const before = runModel(quantised, generated.feeds);
    if (change(quantised.graph) === 0) continue;
    fired += 1;
    checkModel(quantised);
    for (const [index, tensor] of runModel(quantised, generated.feeds).entries())
      expect(differenceOf(tensor, before[index]), `seed ${seed}, output ${index}`).toBe(0);
  }
  expect(fired / GRAPHS).toBeGreaterThan(0.2);
});
