import { describe, expect, test } from "vitest";
import type { OnnxModel } from "../graph/model.ts";
import { intAttribute, intsAttribute, type NodeInit } from "../graph/node.ts";
import { float32View, floatTensor, int64Tensor, type Tensor } from "../graph/tensor.ts";
import { buildModel, noiseTensor } from "../test-support/build-model.ts";
import { quantiseModel } from "../test-support/quantise-model.ts";

/** Collects the nodes and constants of a net. */
class Net {
  readonly nodes: NodeInit[] = [];
  readonly constants: Record<string, Tensor> = {};

  add(opType: string, inputs: readonly string[], attributes: NodeInit["attributes"] = {}): string {
    const output = `${opType.toLowerCase()}${this.nodes.length}`;
    this.nodes.push({ opType, name: output, inputs, outputs: [output], attributes });
    return output;
  }

  /** Weights of `dims`, spread as training starts them: each output has about the variance of its input. */
  weights(dims: readonly number[], inputs: number): string {
    return this.constant(
      floatTensor(
        dims,
        float32View(noiseTensor(dims, this.nodes.length + 1)).map((value) => value * Math.sqrt(3 / inputs)),
      ),
    );
  }

  constant(tensor: Tensor): string {
    const name = `k${Object.keys(this.constants).length}`;
    this.constants[name] = tensor;
    return name;
  }

  model(inputs: Readonly<Record<string, readonly number[]>>, output: string): OnnxModel {
    this.nodes.push({ opType: "Identity", inputs: [output], outputs: ["y"] });
    return buildModel({ opset: 20, inputs, constants: this.constants, nodes: this.nodes });
  }
}

/** MobileNetV3: expand, depthwise, squeeze and excite, project, add; HardSwish and HardSigmoid as operators. */
function mobileNetV3(): OnnxModel {
  const net = new Net();
  const conv = (x: string, from: number, to: number, size = 1, group = 1): string => {
    const fan = (from / group) * size * size;
    const pads = intsAttribute(Array.from({ length: 4 }, () => (size - 1) / 2));
    const inputs = [x, net.weights([to, from / group, size, size], fan), net.weights([to], 1)];
    return net.add("Conv", inputs, { group: intAttribute(group), pads });
  };
  let x = net.add("HardSwish", [conv("x", 3, 8, 3)]);
  for (let block = 0; block < 3; block += 1) {
    const wide = net.add(block === 0 ? "Relu" : "HardSwish", [conv(x, 8, 24)]);
    const deep = net.add("HardSwish", [conv(wide, 24, 24, 3, 24)]);
    const squeezed = net.add("Relu", [conv(net.add("GlobalAveragePool", [deep]), 24, 8)]);
    const gate = net.add("HardSigmoid", [conv(squeezed, 8, 24)]);
    x = net.add("Add", [conv(net.add("Mul", [deep, gate]), 24, 8), x]);
  }
  const pooled = net.add("Flatten", [net.add("GlobalAveragePool", [net.add("HardSwish", [conv(x, 8, 24)])])]);
  const head = net.add("Gemm", [pooled, net.weights([24, 10], 24), net.weights([10], 1)]);
  return net.model({ x: [2, 3, 12, 12] }, net.add("Softmax", [head]));
}

/** Pre-norm transformer blocks over patches: LayerNormalization, attention of two heads, Gelu. */
function visionTransformer(): OnnxModel {
  const [tokens, width, heads] = [16, 16, 2];
  const net = new Net();
  const dense = (x: string, from: number, to: number): string =>
    net.add("Add", [net.add("MatMul", [x, net.weights([from, to], from)]), net.weights([to], 1)]);
  const norm = (x: string): string => {
    const gamma = floatTensor([width], new Float32Array(width).fill(1));
    return net.add("LayerNormalization", [x, net.constant(gamma), net.weights([width], 100)]);
  };
  const split = net.constant(int64Tensor([0, tokens, heads, width / heads]));
  const joined = net.constant(int64Tensor([0, tokens, width]));
  const turn = (x: string, perm: number[]): string => net.add("Transpose", [net.add("Reshape", [x, split])], { perm: intsAttribute(perm) });
  const patches = net.add("Conv", ["x", net.weights([width, 3, 4, 4], 48)], { strides: intsAttribute([4, 4]) });
  const rows = net.add("Reshape", [patches, net.constant(int64Tensor([0, width, tokens]))]);
  let x = net.add("Add", [net.add("Transpose", [rows], { perm: intsAttribute([0, 2, 1]) }), net.weights([1, tokens, width], 50)]);
  for (let block = 0; block < 2; block += 1) {
    const h = norm(x);
    const [query, key, value] = [
      turn(dense(h, 16, 16), [0, 2, 1, 3]),
      turn(dense(h, 16, 16), [0, 2, 3, 1]),
      turn(dense(h, 16, 16), [0, 2, 1, 3]),
    ];
    const scores = net.add("Div", [net.add("MatMul", [query, key]), net.constant(floatTensor([], [Math.sqrt(8)]))]);
    const mixed = net.add("MatMul", [net.add("Softmax", [scores], { axis: intAttribute(-1) }), value]);
    const merged = net.add("Reshape", [net.add("Transpose", [mixed], { perm: intsAttribute([0, 2, 1, 3]) }), joined]);
    x = net.add("Add", [x, dense(merged, 16, 16)]);
    x = net.add("Add", [x, dense(net.add("Gelu", [dense(norm(x), 16, 32)]), 32, 16)]);
  }
  return net.model({ x: [2, 3, 16, 16] }, dense(norm(x), 16, 4));
}

const CONVERSIONS = ["QuantizeLinear", "DequantizeLinear"];
/** Operators that move 8-bit data as well as floats. */
const MOVING = ["Reshape", "Flatten", "Transpose", "Squeeze"];

/** What onnxruntime runs in float, each operator once. */
const inFloat = (kernels: readonly string[]): readonly string[] =>
  [...new Set(kernels)].filter((kernel) => !/^(QLinear|QGemm|MatMulInteger)/.test(kernel) && ![...CONVERSIONS, ...MOVING].includes(kernel));

const share = (kernels: readonly string[], of: RegExp): number => kernels.filter((kernel) => of.test(kernel)).length / kernels.length;

describe.each([{ reduceRange: true }, { weights: "uint8" }] as const)("with %o", (options) => {
  test("a MobileNetV3 runs on integers from the first convolution to the last layer", async () => {
    const { kernels, error, fusedError } = await quantiseModel(mobileNetV3(), options);
    expect(inFloat(kernels)).toEqual(["Softmax"]);
    expect(share(kernels, /^(QLinear|QGemm)/)).toBeGreaterThan(0.9);
    expect(Math.max(error, fusedError)).toBeLessThan(0.03);
  });

  test("of a transformer all products run on integers; what has no integer kernel stays in float and says so", async () => {
    const { kernels, placement, error, fusedError } = await quantiseModel(visionTransformer(), options);
    const products = placement.filter(({ opType }) => ["MatMul", "Gemm", "Conv"].includes(opType));
    expect(new Set(products.map(({ placement: where }) => where))).toEqual(new Set(["integer"]));
    expect(inFloat(kernels).toSorted()).toEqual(["Add", "Gelu", "LayerNormalization", "Mul", "SkipLayerNormalization", "Softmax"]);
    expect(kernels.filter((kernel) => /^(QLinear(Conv|MatMul)|QGemm|MatMulInteger)/.test(kernel))).toHaveLength(products.length);
    for (const opType of ["LayerNormalization", "Gelu"])
      expect(placement.find((each) => each.opType === opType)).toMatchObject({
        placement: "float",
        reason: `onnxruntime on a CPU has no integer kernel for ${opType}`,
      });
    expect(Math.max(error, fusedError)).toBeLessThan(0.06);
  });
});

test.each([[[2, 8]], [[2, 4, 8]], [["n", 4, 8]], [[2, "t", 8]], [["n", "t", 8]]])(
  "biased products of %j are integer kernels without a clean-up before",
  async (x) => {
    const dense = (from: string, weight: string, to: string): NodeInit[] => [
      { opType: "MatMul", name: weight, inputs: [from, weight], outputs: [`${to}_`] },
      { opType: "Add", inputs: [`${to}_`, "b"], outputs: [to] },
    ];
    const model = buildModel({
      inputs: { x },
      constants: { w: noiseTensor([8, 8], 1), w2: noiseTensor([8, 8], 2), b: noiseTensor([8], 3) },
      nodes: [...dense("x", "w", "h"), { opType: "Tanh", inputs: ["h"], outputs: ["t"] }, ...dense("t", "w2", "y")],
    });
    const { kernels, fusedError } = await quantiseModel(model, { reduceRange: true });
    expect(kernels.filter((kernel) => /^(QGemm|QLinearMatMul|MatMulIntegerToFloat)$/.test(kernel))).toHaveLength(2);
    expect(fusedError).toBeLessThan(0.03);
  },
);
