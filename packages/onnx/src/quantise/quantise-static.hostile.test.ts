import { Tensor as Feed } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { OnnxError } from "../errors.ts";
import { checkModel } from "../graph/check-model.ts";
import { DataType } from "../graph/data-types.ts";
import type { OnnxModel } from "../graph/model.ts";
import { floatAttribute, intAttribute, intsAttribute, type NodeInit } from "../graph/node.ts";
import { readModel } from "../graph/read-model.ts";
import { floatTensor, int64Tensor, type Tensor } from "../graph/tensor.ts";
import { writeModel } from "../graph/write-model.ts";
import { buildModel, buildSubgraph, noise, noiseTensor } from "../test-support/build-model.ts";
import { difference, type Feeds, noiseFeeds, runModel } from "../test-support/oracle.ts";
import { RangeObserver } from "./observers/range-observer.ts";
import type { StaticOptions } from "./options.ts";
import { quantiseDynamic } from "./quantise-dynamic.ts";
import { quantiseWeightOnly } from "./quantise-weight-only.ts";
import { quantiseStatic } from "./quantise-static.ts";
import { addTaps, tapsFor } from "./taps.ts";

const WEIGHTS = { w: noiseTensor([4, 4, 1, 1], 3), w2: noiseTensor([4, 4, 1, 1], 5), b: noiseTensor([4], 4) };
const IMAGE = { x: [1, 4, 4, 4] };

const conv = (input: string, output: string, weights = "w", name = output): NodeInit => ({
  opType: "Conv",
  name,
  inputs: [input, ...weights.split(",")],
  outputs: [output],
});

function net(nodes: readonly NodeInit[], more: Record<string, Tensor> = {}, outputs: readonly string[] = ["y"], opset = 17): OnnxModel {
  return buildModel({ opset, inputs: IMAGE, constants: { ...WEIGHTS, ...more }, nodes, outputs });
}

/**
 * Calibrates on `calibration`, quantises, and gives the largest difference on `feeds` from the float model in onnxruntime, unoptimised
 * and optimised. What it refuses, it must refuse with a code.
 */
async function quantise(
  model: OnnxModel,
  { options = {}, feeds = noiseFeeds(model), calibration = feeds }: { options?: StaticOptions; feeds?: Feeds; calibration?: Feeds } = {},
): Promise<{ error: number; quantised: OnnxModel }> {
  const before = writeModel(model);
  const quantised = readModel(before);
  const taps = tapsFor(quantised, options);
  const values = await runModel(addTaps(quantised, taps), calibration);
  const observer = new RangeObserver({ histograms: false });
  for (const tap of taps) observer.observe(tap, Float32Array.from((values[tap] ?? calibration[tap])?.data as Float32Array));
  quantiseStatic(quantised, observer.ranges(), { reduceRange: true, ...options });
  checkModel(quantised);
  const bytes = writeModel(quantised);
  const wanted = await runModel(before, feeds);
  const errors: number[] = [];
  for (const level of ["disabled", "all"] as const) {
    const got = await runModel(bytes, feeds, level);
    expect(Object.keys(got)).toEqual(Object.keys(wanted));
    errors.push(...Object.entries(wanted).map(([name, output]) => difference(output, got[name])));
  }
  return { error: Math.max(...errors), quantised };
}

const count = (model: OnnxModel, opType: string): number => model.graph.nodes.filter((node) => node.is(opType)).length;
const filled = (value: number): Feeds => ({ x: new Feed("float32", new Float32Array(64).fill(value), [1, 4, 4, 4]) });
const code = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return error instanceof OnnxError ? error.code : String(error);
  }
  return "nothing";
};

describe("a hostile graph is quantised right", () => {
  test("activations that were all zero while calibrating", async () => {
    const { error } = await quantise(net([conv("x", "c"), { opType: "Relu", inputs: ["c"], outputs: ["r"] }, conv("r", "y", "w2")]), {
      feeds: filled(0),
    });
    expect(error).toBe(0);
  });

  test("weights that are all zero, in a channel and in all of them", async () => {
    const half = floatTensor([4, 4, 1, 1], [...noise(8), ...new Float32Array(8)]);
    const { error } = await quantise(
      net([conv("x", "c", "h,b"), conv("c", "y", "z,b")], { h: half, z: floatTensor([4, 4, 1, 1], new Float32Array(16)) }),
    );
    expect(error).toBeLessThan(0.03);
  });

  test.each([
    ["two convolutions", [conv("x", "c"), conv("c", "y")]],
    ["a convolution and an Add", [conv("x", "c"), { opType: "Add", inputs: ["c", "w"], outputs: ["s"] }, conv("s", "y", "w2")]],
    ["a convolution and a MatMul", [conv("x", "c"), { opType: "MatMul", inputs: ["c", "wide"], outputs: ["m"] }, conv("m", "y", "w2")]],
  ] satisfies [string, NodeInit[]][])("weights that %s share", async (_, nodes) => {
    expect((await quantise(net(nodes, { wide: noiseTensor([4, 4], 6) }))).error).toBeLessThan(0.05);
  });

  test("weights that are an output of the model stay what they are", async () => {
    const { error } = await quantise(net([conv("x", "c"), conv("c", "y", "w2")], {}, ["y", "w"]));
    expect(error).toBeLessThan(0.03);
  });

  test("one value twice among the outputs, and one that is read on", async () => {
    const model = net([conv("x", "c"), { opType: "Relu", inputs: ["c"], outputs: ["r"] }, conv("r", "y", "w2")], {}, ["r", "y"]);
    expect((await quantise(model)).error).toBeLessThan(0.03);
    expect((await quantise(net([conv("x", "y")], {}, ["y", "y"]))).error).toBeLessThan(0.03);
  });

  test("a subgraph that reads quantised values, those written on integers too", async () => {
    const model = net(
      [conv("x", "c"), { opType: "Pad", name: "p", inputs: ["c", "pads"], outputs: ["p"] }, conv("p", "y", "w2")],
      { pads: int64Tensor([0, 0, 1, 0, 0, 0, 1, 0]) },
      ["y", "z"],
    );
    const { graph } = model;
    graph.inputs.push("flag");
    graph.types.set("flag", { elemType: DataType.BOOL, shape: [] });
    const branch = (input: string) => ({
      kind: "graph" as const,
      value: buildSubgraph(graph, { nodes: [{ opType: "Tanh", inputs: [input], outputs: [`t_${input}`] }], outputs: [`t_${input}`] }),
    });
    graph.addNode({ opType: "If", inputs: ["flag"], outputs: ["z"], attributes: { then_branch: branch("p"), else_branch: branch("c") } });
    for (const flag of [1, 0]) {
      const feeds = { x: new Feed("float32", noise(64, 7), [1, 4, 4, 4]), flag: new Feed("bool", Uint8Array.from([flag]), []) };
      const { error, quantised } = await quantise(model, { feeds });
      expect(error).toBeLessThan(0.03);
      expect(quantised.graph.producerOf(quantised.graph.producerOf("y")?.inputs[0] ?? "")).not.toBeNull();
    }
  });

  test("symbolic dimensions everywhere", async () => {
    const model = buildModel({ inputs: { x: ["n", 4, "h", "w"] }, constants: WEIGHTS, nodes: [conv("x", "c"), conv("c", "y", "w2")] });
    expect((await quantise(model)).error).toBeLessThan(0.03);
  });

  test("opset 7 with the weights among the inputs, as files before IR 4 have them", async () => {
    const old = net([conv("x", "c", "w,b"), { opType: "Relu", inputs: ["c"], outputs: ["r"] }, conv("r", "y", "w2")], {}, ["y"], 7);
    old.irVersion = 3;
    const { error, quantised } = await quantise(readModel(writeModel(old)), { feeds: noiseFeeds(net([conv("x", "y")])) });
    expect(error).toBeLessThan(0.03);
    expect(count(quantised, "QuantizeLinear")).toBeGreaterThan(1);
  });

  test("names that look like those that the quantiser makes", async () => {
    const nodes = [conv("x", "q_0"), { opType: "Relu", inputs: ["q_0"], outputs: ["v_1"] }, conv("v_1", "d_2", "w2"), conv("d_2", "0")];
    const model = buildModel({ inputs: IMAGE, constants: WEIGHTS, nodes, outputs: ["0"] });
    expect((await quantise(model)).error).toBeLessThan(0.05);
  });

  test("a mask of −∞ stays in float", async () => {
    const mask = floatTensor([4], [0, -Infinity, 0, -Infinity]);
    const { error } = await quantise(
      net(
        [
          conv("x", "c"),
          { opType: "Add", inputs: ["c", "mask"], outputs: ["m"] },
          { opType: "Softmax", inputs: ["m"], outputs: ["s"], attributes: { axis: intAttribute(-1) } },
          conv("s", "y", "w2"),
        ],
        { mask },
      ),
    );
    expect(error).toBeLessThan(0.03);
  });

  test("what is divided by does not become 0: a variance of almost nothing", async () => {
    const nodes: NodeInit[] = [
      conv("x", "c"),
      { opType: "ReduceMean", inputs: ["c"], outputs: ["mean"], attributes: { axes: intsAttribute([2, 3]) } },
      { opType: "Mul", inputs: ["mean", "small"], outputs: ["m"] },
      { opType: "Add", name: "tried", inputs: ["m", "epsilon"], outputs: ["v"] },
      { opType: "Sqrt", inputs: ["v"], outputs: ["s"] },
      { opType: "Div", inputs: ["c", "s"], outputs: ["d"] },
      conv("d", "y", "w2"),
    ];
    const positive = {
      ...WEIGHTS,
      w: floatTensor(
        [4, 4, 1, 1],
        noise(16, 3).map((value, index) => Math.abs(value) * 10 ** -(index >> 2)),
      ),
    };
    const model = net(nodes, { ...positive, small: floatTensor([], [0.01]), epsilon: floatTensor([], [1e-5]) });
    const { error } = await quantise(model, { feeds: { x: new Feed("float32", noise(64, 7).map(Math.abs), [1, 4, 4, 4]) } });
    expect(error).toBeLessThan(0.1);
  });

  test.each(["uint16", "int16"] as const)("%s: Pad and Clip have no kernels on such integers", async (activations) => {
    const nodes: NodeInit[] = [
      conv("x", "c"),
      { opType: "Pad", inputs: ["c", "pads"], outputs: ["p"] },
      { opType: "Relu", inputs: ["p"], outputs: ["r"] },
      { opType: "LeakyRelu", inputs: ["r"], outputs: ["l"], attributes: { alpha: floatAttribute(0.1) } },
      conv("l", "y", "w2"),
    ];
    const model = net(nodes, { pads: int64Tensor([0, 0, 1, 0, 0, 0, 1, 0]) });
    for (const symmetricActivations of [true, false])
      expect((await quantise(model, { options: { activations, symmetricActivations } })).error).toBeLessThan(0.02);
  });

  test("int8 activations in opset 21 in front of a Reshape, which onnxruntime would refuse to load", async () => {
    const nodes: NodeInit[] = [
      conv("x", "c"),
      { opType: "Transpose", inputs: ["c"], outputs: ["t"], attributes: { perm: intsAttribute([0, 2, 3, 1]) } },
      { opType: "Reshape", inputs: ["t", "flat"], outputs: ["f"] },
      { opType: "Tanh", inputs: ["f"], outputs: ["y"] },
    ];
    const model = net(nodes, { flat: int64Tensor([1, -1]) }, ["y"], 21);
    for (const excludeOperators of [[], ["Reshape"]])
      expect((await quantise(model, { options: { activations: "int8", excludeOperators } })).error).toBeLessThan(0.03);
  });
});

describe("a hostile graph is refused with a code and what would help", () => {
  const ranges = (...names: string[]) => new Map(names.map((name) => [name, { min: -1, max: 1 }]));

  test("constants only", () => {
    const model = net([conv("k", "y")], { k: noiseTensor([1, 4, 2, 2], 8) });
    expect(() => quantiseStatic(model, new Map())).toThrow(/its data input is a constant.*Choose fp16/);
    const reason = { code: "NOTHING_TO_QUANTISE", params: { method: "int8-static", node: "y", why: "constant_input" } };
    expect(() => quantiseStatic(model, new Map())).toThrow(expect.objectContaining({ reason }) as Error);
  });

  test("no node at all, and no layer", () => {
    expect(code(() => quantiseStatic(net([], {}, ["x"]), new Map()))).toBe("INVALID_INPUT");
    expect(code(() => quantiseStatic(net([{ opType: "Tanh", inputs: ["x"], outputs: ["y"] }]), new Map()))).toBe("INVALID_INPUT");
  });

  test.each([NaN, Infinity, -Infinity])("weights that hold %s", (value) => {
    const model = net([conv("x", "y", "bad")], { bad: floatTensor([4, 4, 1, 1], noise(16).fill(value, 3, 4)) });
    expect(() => quantiseStatic(model, ranges("x", "y"))).toThrow(/Conv "y" hold NaN or infinity.*exclude/);
    expect(code(() => quantiseStatic(model, ranges("x", "y")))).toBe("INVALID_INPUT");
  });

  test("weights of NaN without calibration too", () => {
    const broken = () => net([conv("x", "y", "bad")], { bad: floatTensor([64, 4, 2, 2], noise(1024).fill(NaN, 3, 4)) });
    expect(code(() => quantiseDynamic(broken()))).toBe("INVALID_INPUT");
    expect(code(() => quantiseWeightOnly(broken()))).toBe("INVALID_INPUT");
    // float16 holds them as they are.
    expect(code(() => quantiseWeightOnly(broken(), { bits: 16 }))).toBe("nothing");
  });

  test("a bias of NaN", () => {
    const model = net([conv("x", "y", "w,bad")], { bad: floatTensor([4], [0, NaN, 0, 0]) });
    expect(code(() => quantiseStatic(model, ranges("x", "y")))).toBe("INVALID_INPUT");
  });

  test("values that were never finite while calibrating", async () => {
    const model = net([conv("x", "c"), conv("c", "y", "w2")]);
    await expect(quantise(model, { calibration: filled(NaN) })).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });

  test("weights without elements and weights that are a vector", () => {
    expect(() => quantiseStatic(net([conv("x", "y", "none")], { none: floatTensor([0, 4, 1, 1], []) }), new Map())).toThrow(
      /its weights are empty/,
    );
    const vector = net([{ opType: "MatMul", inputs: ["x", "v"], outputs: ["y"] }], { v: noiseTensor([4]) });
    expect(code(() => quantiseStatic(vector, new Map()))).toBe("INVALID_INPUT");
  });

  test("weights that may be given anew at each run", () => {
    const model = net([conv("x", "y")]);
    model.graph.inputs.push("w");
    model.graph.types.set("w", { elemType: DataType.FLOAT, shape: [4, 4, 1, 1] });
    expect(() => quantiseStatic(model, ranges("x", "y"))).toThrow(/its weights are not constant float32/);
  });

  test("a model that is quantised already", async () => {
    const { quantised } = await quantise(net([conv("x", "c"), conv("c", "y", "w2")]));
    expect(code(() => quantiseStatic(quantised, ranges("x", "c", "y")))).toBe("INVALID_INPUT");
  });
});
