import { describe, expect, test } from "vitest";
import { DataType } from "../graph/data-types.ts";
import type { OnnxModel } from "../graph/model.ts";
import { intAttribute, type NodeInit } from "../graph/node.ts";
import { readModel } from "../graph/read-model.ts";
import { float32View, floatTensor } from "../graph/tensor.ts";
import { writeModel } from "../graph/write-model.ts";
import { buildModel, noiseTensor } from "../test-support/build-model.ts";
import { kernelsOf, optimisedByRuntime, quantiseModel } from "../test-support/quantise-model.ts";
import { QUANT_PROFILES } from "./profile.ts";
import type { StaticOptions } from "./options.ts";
import { shieldFloatLayers } from "./shield-float-layers.ts";

/** A channel whose weights are a thousand times larger than the next one's: what one scale for all of them cannot hold. */
const UNEVEN = floatTensor(
  [4, 1, 3, 3],
  float32View(noiseTensor([4, 1, 3, 3], 9)).map((value, index) => value * 10 ** -(index % 4)),
);
const GROUPED = { group: intAttribute(4) };

/** Conv → the layer that is tried → Conv; the middle one has weights `d`. */
function between(middle: NodeInit): OnnxModel {
  return buildModel({
    inputs: { x: [1, 4, 6, 6] },
    constants: { w: noiseTensor([4, 4, 1, 1], 3), w2: noiseTensor([4, 4, 1, 1], 5), d: UNEVEN, b: noiseTensor([4], 6) },
    nodes: [
      { opType: "Conv", name: "first", inputs: ["x", "w"], outputs: ["c"] },
      middle,
      { opType: "Conv", name: "last", inputs: ["t", "w2"], outputs: ["y"] },
    ],
  });
}

const depthwise: NodeInit = { opType: "Conv", name: "tried", inputs: ["c", "d", "b"], outputs: ["t"], attributes: GROUPED };
const up: NodeInit = { ...depthwise, opType: "ConvTranspose" };

/** The weights of the node "tried" once onnxruntime has optimised the file, where they are constant floats. */
async function weightsInRuntime(bytes: Uint8Array): Promise<readonly number[]> {
  const { graph } = await optimisedByRuntime(bytes);
  const node = graph.nodes.find(({ name }) => name === "tried");
  const weight = graph.constantOf(node?.inputs[1] ?? "");
  return weight === null || weight.dataType !== DataType.FLOAT ? [] : [...float32View(weight)];
}

/** The same file with the input of "tried" dequantised with one scale again. */
function unshielded(bytes: Uint8Array): Uint8Array {
  const model = readModel(bytes);
  const { graph } = model;
  const tried = graph.nodes.find(({ name }) => name === "tried");
  const [integers = ""] = graph.producerOf(tried?.inputs[0] ?? "")?.inputs ?? [];
  const quantise = graph.producerOf(integers);
  if (tried === undefined || quantise === null) throw new Error("The layer is not in this model.");
  graph.addNode({ opType: "DequantizeLinear", inputs: [integers, ...quantise.inputs.slice(1)], outputs: ["bare"] });
  graph.setInput(tried, 0, "bare");
  graph.sortTopologically();
  return writeModel(model);
}

describe("a float layer between integer ones keeps its weights exactly when onnxruntime loads the model", () => {
  const cases: [string, NodeInit, StaticOptions][] = [
    ["a depthwise convolution excluded by name", depthwise, { exclude: ["tried"] }],
    ["a transposed convolution, for which there is no integer kernel", up, {}],
  ];
  test.each(cases)("%s", async (_, middle, options) => {
    const { bytes, error, fusedError } = await quantiseModel(between(middle), { reduceRange: true, ...options });
    expect(await weightsInRuntime(bytes)).toEqual([...float32View(UNEVEN)]);
    expect(fusedError).toBeCloseTo(error, 2);
  });

  test("without the shield onnxruntime quantises them: should this ever fail, the shield may go", async () => {
    const { bytes } = await quantiseModel(between(depthwise), { reduceRange: true, exclude: ["tried"] });
    const quantised = (kernels: readonly string[]): number => kernels.filter((kernel) => kernel === "QLinearConv").length;
    expect(quantised(await kernelsOf(bytes))).toBe(2);
    expect(quantised(await kernelsOf(unshielded(bytes)))).toBe(3);
  });

  test("a layer without a name", async () => {
    const { bytes } = await quantiseModel(between({ ...up, name: "" }), { reduceRange: true });
    const { graph } = await optimisedByRuntime(bytes);
    const node = graph.nodes.find((each) => each.is("ConvTranspose"));
    expect(graph.constantOf(node?.inputs[1] ?? "")?.dataType).toBe(DataType.FLOAT);
  });
});

describe("must not fire", () => {
  test("where nothing is in float", async () => {
    const { bytes } = await quantiseModel(between(depthwise), { reduceRange: true });
    expect(shieldFloatLayers(readModel(bytes).graph)).toBe(0);
    expect(shieldFloatLayers(between(depthwise).graph)).toBe(0);
  });

  test("for TFLite, whose activations have one scale", async () => {
    const { bytes } = await quantiseModel(between(depthwise), { ...QUANT_PROFILES.tflite, exclude: ["tried"] });
    const { graph } = readModel(bytes);
    const activations = graph.nodes.filter((node) => node.is("DequantizeLinear") && graph.constantOf(node.inputs[0] ?? "") === null);
    for (const node of activations) expect(graph.constantOf(node.inputs[1] ?? "")?.dims).toEqual([]);
  });
});
