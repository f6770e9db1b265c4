import { describe, expect, test } from "vitest";
import { OnnxError } from "../errors.ts";
import type { NodeInit } from "../graph/node.ts";
import { readModel } from "../graph/read-model.ts";
import { floatTensor } from "../graph/tensor.ts";
import { writeModel } from "../graph/write-model.ts";
import { buildModel, noiseTensor } from "../test-support/build-model.ts";
import { operators } from "../test-support/oracle.ts";
import { quantiseModel } from "../test-support/quantise-model.ts";
import type { StaticOptions } from "./options.ts";
import { QUANT_PROFILES } from "./profile.ts";
import { quantiseStatic } from "./quantise-static.ts";
import { tapsFor } from "./taps.ts";

const NODES: NodeInit[] = [
  { opType: "Conv", name: "one", inputs: ["x", "w", "b"], outputs: ["c"] },
  { opType: "Relu", inputs: ["c"], outputs: ["r"] },
  { opType: "Conv", name: "two", inputs: ["r", "w2", "b"], outputs: ["y"] },
];

function network(nodes: readonly NodeInit[] = NODES) {
  return buildModel({
    opset: 17,
    inputs: { x: [1, 8, 4, 4] },
    constants: { w: noiseTensor([8, 8, 1, 1], 3), w2: noiseTensor([8, 8, 1, 1], 5), b: noiseTensor([8], 4) },
    nodes,
  });
}

describe("quantiseStatic", () => {
  test.each(Object.entries(QUANT_PROFILES))("profile %s keeps the result", async (_, profile) => {
    const { error, bytes } = await quantiseModel(network(), profile);
    expect(error).toBeLessThan(0.03);
    expect(operators(readModel(bytes)).filter((operator) => operator === "Relu")).toEqual([]);
  });

  test.each(["x64-vnni", "x64-reduced", "x64-unsigned"] as const)("profile %s fuses on x64", async (id) => {
    const { kernels, fusedError } = await quantiseModel(network(), QUANT_PROFILES[id]);
    expect(kernels).toEqual(["DequantizeLinear", "QLinearConv", "QLinearConv", "QuantizeLinear"]);
    // Pairs of 8-bit products saturate where there is no VNNI.
    if (id !== "x64-vnni") expect(fusedError).toBeLessThan(0.03);
  });

  test.each(["uint16", "int16"] as const)("%s activations need opset 21, are nearly exact and warn", async (activations) => {
    const { error, bytes, warnings } = await quantiseModel(network(), { activations });
    expect(error).toBeLessThan(0.01);
    expect(readModel(bytes).opsets.get("")).toBe(21);
    expect(warnings.map(({ code }) => code)).toContain("NO_INTEGER_KERNELS");
  });

  test.each(["uint8", "int8"] as const)("symmetric %s activations have their zero in the middle", async (activations) => {
    const { error, bytes } = await quantiseModel(network(), { activations, symmetricActivations: true });
    expect(error).toBeLessThan(0.05);
    const { graph } = readModel(bytes);
    for (const node of graph.nodes.filter((each) => each.is("QuantizeLinear")))
      expect(graph.constantOf(node.inputs[2] ?? "")?.bytes[0]).toBe(activations === "uint8" ? 128 : 0);
  });

  test("compact files have float biases and still fuse", async () => {
    const [plain, compact] = [await quantiseModel(network()), await quantiseModel(network(), { compact: true })];
    expect(compact.kernels).toEqual(plain.kernels);
    expect(compact.bytes.length).toBeLessThan(plain.bytes.length);
    expect(compact.error).toBeLessThan(0.03);
  });

  test("TFLite takes transposed convolutions and means, onnxruntime leaves them in float", async () => {
    const nodes: NodeInit[] = [...NODES.slice(0, 2), { opType: "ConvTranspose", name: "up", inputs: ["r", "w2", "b"], outputs: ["y"] }];
    const placementOf = async (options: StaticOptions) => {
      const { placement, warnings } = await quantiseModel(network(nodes), options);
      return [placement.find(({ node }) => node === "up")?.placement, warnings.some(({ code }) => code === "FLOAT_LAYERS")];
    };
    expect(await placementOf(QUANT_PROFILES.tflite)).toEqual(["integer", false]);
    expect(await placementOf(QUANT_PROFILES["x64-reduced"])).toEqual(["float", true]);
  });

  test("layers in float are warned of by their reason, in data", async () => {
    const nodes: NodeInit[] = [
      ...NODES.slice(0, 2),
      { opType: "ConvTranspose", name: "up", inputs: ["r", "w2", "b"], outputs: ["u"] },
      { opType: "Conv", name: "left out", inputs: ["u", "w2"], outputs: ["y"] },
    ];
    const { warnings } = await quantiseModel(network(nodes), { reduceRange: true, exclude: ["left out"] });
    expect(warnings).toEqual([
      {
        code: "FLOAT_LAYERS",
        params: { count: 1, why: "no_kernel", layers: 'ConvTranspose "up"' },
        sentence: '1 layer stays in float: ConvTranspose "up" (onnxruntime on a CPU has no integer kernel for ConvTranspose).',
      },
      {
        code: "FLOAT_LAYERS",
        params: { count: 1, why: "excluded", layers: 'Conv "left out"' },
        sentence: '1 layer stays in float: Conv "left out" (excluded by hand).',
      },
    ]);
  });

  test("TFLite's Concat shares one scale with its inputs", async () => {
    const nodes: NodeInit[] = [
      ...NODES.slice(0, 2),
      { opType: "Concat", inputs: ["r", "x"], outputs: ["k"], attributes: { axis: { kind: "int", value: 2n } } },
      { opType: "Conv", inputs: ["k", "w2"], outputs: ["y"] },
    ];
    const scalesOf = async (options: StaticOptions): Promise<number> => {
      const { bytes, error } = await quantiseModel(network(nodes), options);
      // The shared range goes below zero: it cannot replace the Relu.
      expect(error).toBeLessThan(0.03);
      const { graph } = readModel(bytes);
      return new Set(graph.nodes.filter((node) => node.is("QuantizeLinear")).map((node) => node.inputs[1])).size;
    };
    // Input, Relu and Concat share; the result has its own.
    expect(await scalesOf(QUANT_PROFILES.tflite)).toBe(2);
    expect(await scalesOf(QUANT_PROFILES["x64-reduced"])).toBeGreaterThan(2);
  });

  test("the same input gives the same bytes", async () => {
    const [first, second] = [await quantiseModel(network()), await quantiseModel(network())];
    expect(Buffer.compare(first.bytes, second.bytes)).toBe(0);
  });
});

describe("what cannot be done changes nothing and says what would help", () => {
  const rangesFor = (values: readonly string[]) => new Map(values.map((value) => [value, { min: -1, max: 1 }]));

  function refusal(ranges: ReturnType<typeof rangesFor>): OnnxError {
    const model = network();
    tapsFor(model);
    const before = writeModel(model);
    try {
      quantiseStatic(model, ranges);
    } catch (error) {
      expect(Buffer.compare(writeModel(model), before)).toBe(0);
      if (error instanceof OnnxError) return error;
    }
    throw new Error("It was not refused.");
  }

  test("a missing range names the value, its node and the opset", () => {
    const error = refusal(rangesFor(["x", "y"]));
    expect(error.code).toBe("INVALID_INPUT");
    expect(error.message).toMatch(/"r".*Relu.*opset 17.*Calibrate/);
  });

  test("a range that is no number is refused", () => {
    const ranges = rangesFor(["x", "r", "y"]).set("r", { min: 0, max: NaN });
    expect(refusal(ranges).message).toMatch(/range 0 to NaN.*Relu/);
  });

  test("a model without layers says why those that look like it are none", () => {
    const model = buildModel({
      inputs: { x: [2, 4], z: [4, 3] },
      nodes: [{ opType: "Gemm", name: "g", inputs: ["x", "z"], outputs: ["y"] }],
    });
    expect(() => quantiseStatic(model, new Map())).toThrow(/Gemm "g": its weights are not constant float32.*Choose fp16/);
  });
});

describe("Gemm of every shape becomes QGemm", () => {
  test.each([
    ["scaled", { alpha: 0.5, beta: 2 }, [3]],
    ["transposed weights", { transB: 1 }, [3]],
    ["a bias row", {}, [1, 3]],
    ["one bias for all", {}, [1]],
  ] as const)("%s", async (_, attributes, biasDims) => {
    const transposed = "transB" in attributes;
    const model = buildModel({
      inputs: { x: [2, 4] },
      constants: {
        w: noiseTensor(transposed ? [3, 4] : [4, 3]),
        b: floatTensor(biasDims, [0.5, -0.25, 0.125].slice(0, biasDims.at(-1))),
        w2: noiseTensor([3, 3], 6),
      },
      nodes: [
        {
          opType: "Gemm",
          inputs: ["x", "w", "b"],
          outputs: ["h"],
          attributes: Object.fromEntries(
            Object.entries(attributes).map(([name, value]) =>
              name === "transB" ? [name, { kind: "int" as const, value: BigInt(value) }] : [name, { kind: "float" as const, value }],
            ),
          ),
        },
        { opType: "Gemm", inputs: ["h", "w2"], outputs: ["y"] },
      ],
    });
    const { kernels, fusedError } = await quantiseModel(model, { reduceRange: true });
    expect(kernels.filter((kernel) => kernel === "QGemm")).toHaveLength(2);
    expect(fusedError).toBeLessThan(0.03);
  });
});
