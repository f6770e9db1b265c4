import { describe, expect, test } from "vitest";
import { DataType } from "../graph/data-types.ts";
import { floatAttribute, intAttribute, intsAttribute, type NodeInit, stringAttribute } from "../graph/node.ts";
import { floatTensor, int64Tensor, type Tensor, tensorFromNumbers } from "../graph/tensor.ts";
import { buildModel, noiseTensor } from "../test-support/build-model.ts";
import { quantiseModel } from "../test-support/quantise-model.ts";

const WEIGHTS = { w: noiseTensor([4, 4, 1, 1], 3), b: noiseTensor([4], 4), w2: noiseTensor([4, 4, 1, 1], 5) };

/** Conv → what is tried → Conv, so that it stands between quantised values. */
function between(nodes: readonly NodeInit[], constants: Record<string, Tensor> = {}, opset = 18) {
  return buildModel({
    opset,
    inputs: { x: [1, 4, 4, 4] },
    constants: { ...WEIGHTS, ...constants },
    nodes: [
      { opType: "Conv", name: "first", inputs: ["x", "w", "b"], outputs: ["c"] },
      ...nodes,
      { opType: "Conv", name: "last", inputs: ["t", "w2"], outputs: ["y"] },
    ],
  });
}

function node(opType: string, attributes: NodeInit["attributes"] = {}, inputs = ["c"]): NodeInit {
  return { opType, name: "tried", inputs, outputs: ["t"], attributes };
}

const PLAIN = ["DequantizeLinear", "QLinearConv", "QLinearConv", "QuantizeLinear"];

describe("between two convolutions onnxruntime runs integers only", () => {
  const half = floatTensor([], [0.5]);
  const cases: [name: string, nodes: NodeInit[], kernel: string[], constants?: Record<string, Tensor>][] = [
    ["Relu, absorbed", [node("Relu")], []],
    [
      "Clip around zero, absorbed",
      [node("Clip", {}, ["c", "low", "high"])],
      [],
      { low: floatTensor([], [0]), high: floatTensor([], [0.4]) },
    ],
    ["Add of a constant", [node("Add", {}, ["c", "k"])], ["QLinearAdd"], { k: noiseTensor([4, 1, 1]) }],
    ["Sub of a constant", [node("Sub", {}, ["c", "k"])], ["QLinearAdd"], { k: half }],
    ["Mul by a constant", [node("Mul", {}, ["c", "k"])], ["QLinearMul"], { k: noiseTensor([4, 1, 1]) }],
    ["Div by a constant, part of the scale", [node("Div", {}, ["c", "k"])], [], { k: half }],
    ["Mul by a negative constant", [node("Mul", {}, ["c", "k"])], ["QLinearMul"], { k: floatTensor([], [-0.5]) }],
    [
      "Mul by a constant whose result is moved and read twice",
      [
        { ...node("Mul", {}, ["c", "k"]), outputs: ["m"] },
        { ...node("Transpose", { perm: intsAttribute([0, 1, 3, 2]) }, ["m"]), name: "turned", outputs: ["u"] },
        { ...node("Add", {}, ["m", "u"]), name: "sum" },
      ],
      ["QLinearAdd", "Transpose"],
      { k: half },
    ],
    [
      "Mul by a constant, then Relu",
      [
        { ...node("Mul", {}, ["c", "k"]), outputs: ["m"] },
        { ...node("Relu", {}, ["m"]), name: "r" },
      ],
      ["QLinearMul"],
      { k: half },
    ],
    ["HardSwish", [node("HardSwish")], ["QLinearAdd", "QLinearMul"]],
    ["HardSigmoid", [node("HardSigmoid", { alpha: floatAttribute(0.3), beta: floatAttribute(0.4) })], ["QLinearAdd"]],
    [
      "SiLU",
      [
        { ...node("Sigmoid"), outputs: ["s"] },
        { ...node("Mul", {}, ["c", "s"]), name: "gated" },
      ],
      ["QLinearMul", "QLinearSigmoid"],
    ],
    [
      "ReduceMax, then Add",
      [
        { ...node("ReduceMax", {}, ["c", "axes"]), outputs: ["m"] },
        { ...node("Add", {}, ["c", "m"]), name: "sum" },
      ],
      ["QLinearAdd", "ReduceMax"],
      { axes: int64Tensor([2, 3]) },
    ],
    ["Concat with itself", [node("Concat", { axis: intAttribute(2) }, ["c", "c"])], ["QLinearConcat"]],
    ["AveragePool", [node("AveragePool", { kernel_shape: intsAttribute([2, 2]) })], ["QLinearAveragePool"]],
    ["GlobalAveragePool", [node("GlobalAveragePool")], ["QLinearGlobalAveragePool"]],
    ["ReduceMean", [node("ReduceMean", {}, ["c", "axes"])], ["QLinearGlobalAveragePool"], { axes: int64Tensor([2, 3]) }],
    ["LeakyRelu", [node("LeakyRelu", { alpha: floatAttribute(0.2) })], ["QLinearLeakyRelu"]],
    ["Sigmoid", [node("Sigmoid")], ["QLinearSigmoid"]],
    ["Softmax", [node("Softmax", { axis: intAttribute(1) })], ["QLinearSoftmax"]],
    [
      "Where",
      [node("Where", {}, ["mask", "c", "k"])],
      ["QLinearWhere"],
      { k: half, mask: tensorFromNumbers(DataType.BOOL, [4, 1, 1], [1, 0, 1, 0]) },
    ],
    ["MaxPool", [node("MaxPool", { kernel_shape: intsAttribute([2, 2]) })], ["MaxPool"]],
    ["Transpose", [node("Transpose", { perm: intsAttribute([0, 1, 3, 2]) })], ["Transpose"]],
    [
      "Slice",
      [node("Slice", {}, ["c", "from", "to", "axes"])],
      ["Slice"],
      { from: int64Tensor([0]), to: int64Tensor([2]), axes: int64Tensor([2]) },
    ],
    ["Pad", [node("Pad", {}, ["c", "pads"])], ["Pad"], { pads: int64Tensor([0, 0, 1, 0, 0, 0, 1, 2]) }],
    ["Resize, nearest", [node("Resize", {}, ["c", "", "scales"])], ["Resize"], { scales: floatTensor([4], [1, 1, 2, 2]) }],
    [
      "Resize, linear",
      [node("Resize", { mode: stringAttribute("linear") }, ["c", "", "scales"])],
      ["Resize"],
      { scales: floatTensor([4], [1, 1, 2, 2]) },
    ],
    [
      "SpaceToDepth and back",
      [
        { ...node("SpaceToDepth", { blocksize: intAttribute(2) }), name: "packed", outputs: ["s"] },
        node("DepthToSpace", { blocksize: intAttribute(2) }, ["s"]),
      ],
      ["DepthToSpace", "SpaceToDepth"],
    ],
    [
      "Relu of a value that is read elsewhere",
      [
        { ...node("Relu"), outputs: ["r"] },
        { ...node("Add", {}, ["c", "r"]), name: "sum" },
      ],
      ["Clip", "QLinearAdd"],
    ],
  ];

  test.each(cases)("%s", async (_, nodes, kernels, constants) => {
    const { kernels: got, error, fusedError } = await quantiseModel(between(nodes, constants), { reduceRange: true });
    expect(got).toEqual([...PLAIN, ...kernels].sort());
    expect(error).toBeLessThan(0.06);
    expect(fusedError).toBeLessThan(0.06);
  });

  test("Split gives two values with one scale", async () => {
    const split: NodeInit = { ...node("Split", { axis: intAttribute(1), num_outputs: intAttribute(2) }), outputs: ["left", "right"] };
    const model = between([split, { ...node("Concat", { axis: intAttribute(1) }, ["right", "left"]), name: "swapped" }]);
    const { kernels, fusedError } = await quantiseModel(model, { reduceRange: true });
    expect(kernels).toEqual([...PLAIN, "QLinearConcat", "Split"].sort());
    expect(fusedError).toBeLessThan(0.06);
  });

  test("a product of two activations, attention-shaped", async () => {
    const nodes: NodeInit[] = [
      { opType: "Transpose", name: "key", inputs: ["c"], outputs: ["k"], attributes: { perm: intsAttribute([0, 1, 3, 2]) } },
      { opType: "MatMul", name: "scores", inputs: ["c", "k"], outputs: ["s"] },
      { opType: "Softmax", name: "share", inputs: ["s"], outputs: ["a"], attributes: { axis: intAttribute(-1) } },
      { opType: "MatMul", name: "mixed", inputs: ["a", "c"], outputs: ["t"] },
    ];
    const { placement, kernels, fusedError } = await quantiseModel(between(nodes), { reduceRange: true });
    expect(placement.filter(({ opType }) => opType === "MatMul").map((entry) => entry.placement)).toEqual(["integer", "integer"]);
    expect(kernels.filter((kernel) => kernel === "MatMul")).toEqual([]);
    expect(fusedError).toBeLessThan(0.1);
  });
});

describe("what stays in float says why", () => {
  const reasonOf = async (nodes: NodeInit[], constants: Record<string, Tensor> = {}, options = {}) => {
    const { placement } = await quantiseModel(between(nodes, constants), { reduceRange: true, ...options });
    return placement.find((entry) => entry.node === "tried");
  };

  const channels = { scale: noiseTensor([4], 6), shift: noiseTensor([4], 7) };
  const alone: [node: NodeInit, kernels: string[], constants?: Record<string, Tensor>][] = [
    [node("LayerNormalization", {}, ["c", "scale", "shift"]), ["LayerNormalization"], channels],
    [node("InstanceNormalization", {}, ["c", "scale", "shift"]), ["InstanceNormalization"], channels],
    [node("Gelu"), ["Gelu"]],
    [node("Tanh"), ["Tanh"]],
    [node("Elu"), ["Elu"]],
    [node("Erf"), ["Erf"]],
    [node("Softplus"), ["Softplus"]],
    [node("PRelu", {}, ["c", "slope"]), ["PRelu"], { slope: noiseTensor([4, 1, 1]) }],
    [node("ReduceMean", {}, ["c", "axes"]), ["ReduceMean"], { axes: int64Tensor([-1]) }],
    [node("ReduceSum", {}, ["c", "axes"]), ["ReduceSum"], { axes: int64Tensor([-1]) }],
    [node("GlobalMaxPool"), ["GlobalMaxPool"]],
    [node("Sub", {}, ["c", "c"]), ["Sub"]],
    [node("Div", {}, ["c", "c"]), ["Div"]],
    [node("Max", {}, ["c", "c"]), ["Max"]],
    [node("ConvTranspose", {}, ["c", "wt"]), ["ConvTranspose"], { wt: noiseTensor([4, 4, 1, 1], 8) }],
  ];

  test.each(alone)("$opType, which runs in float between QuantizeLinear and DequantizeLinear too", async (tried, float, constants = {}) => {
    const model = between([tried], constants, 20);
    const { placement, kernels } = await quantiseModel(model, { reduceRange: true });
    expect(placement.find((entry) => entry.node === "tried")).toMatchObject({
      placement: "float",
      reason: `onnxruntime on a CPU has no integer kernel for ${tried.opType}`,
    });
    // It stands behind DequantizeLinear and in front of QuantizeLinear: had the runtime an integer kernel, it would have taken it.
    expect(kernels.filter((kernel) => !kernel.endsWith("quantizeLinear") && kernel !== "QuantizeLinear")).toEqual(
      ["QLinearConv", "QLinearConv", ...float].sort(),
    );
  });

  test("HardSwish behind what is no convolution, or excluded", async () => {
    const sum: NodeInit = { opType: "Add", name: "sum", inputs: ["c", "c"], outputs: ["a"] };
    const reason = "onnxruntime on a CPU has no integer kernel for HardSwish";
    expect(await reasonOf([sum, node("HardSwish", {}, ["a"])])).toMatchObject({ placement: "float", reason });
    for (const options of [{ exclude: ["tried"] }, { excludeOperators: ["HardSwish"] }])
      expect(await reasonOf([node("HardSwish")], {}, options)).toMatchObject({ placement: "float", reason: "excluded by hand" });
  });

  test("a sum that is divided by", async () => {
    const nodes: NodeInit[] = [
      { ...node("Add", {}, ["c", "k"]), outputs: ["s"] },
      { opType: "Div", name: "quotient", inputs: ["c", "s"], outputs: ["t"] },
    ];
    expect(await reasonOf(nodes, { k: noiseTensor([4, 1, 1]) })).toMatchObject({
      placement: "float",
      reason: "a small result rounded to 0 would become infinite behind it",
    });
  });

  test("a node excluded by name or by operator", async () => {
    for (const options of [{ exclude: ["tried"] }, { excludeOperators: ["AveragePool"] }])
      expect(await reasonOf([node("AveragePool", { kernel_shape: intsAttribute([2, 2]) })], {}, options)).toMatchObject({
        placement: "float",
        reason: "excluded by hand",
      });
  });

  test("a Clip that leaves zero out", async () => {
    const limits = { low: floatTensor([], [0.1]), high: floatTensor([], [0.4]) };
    expect(await reasonOf([node("Clip", {}, ["c", "low", "high"])], limits)).toMatchObject({
      placement: "float",
      reason: "its limits leave zero out",
    });
  });

  test("cubic interpolation", async () => {
    const cubic = node("Resize", { mode: stringAttribute("cubic") }, ["c", "", "scales"]);
    expect(await reasonOf([cubic], { scales: floatTensor([4], [1, 1, 2, 2]) })).toMatchObject({ placement: "float" });
  });

  test("an absorbed activation names the node that saturates", async () => {
    expect(await reasonOf([node("Relu")])).toMatchObject({
      placement: "absorbed",
      reason: expect.stringContaining('Conv "first"') as string,
    });
  });

  test("a Softmax at the end keeps its float input", async () => {
    const tail = buildModel({
      inputs: { x: [2, 4] },
      constants: { w: noiseTensor([4, 3]) },
      nodes: [
        { opType: "MatMul", inputs: ["x", "w"], outputs: ["m"] },
        { opType: "Softmax", name: "probabilities", inputs: ["m"], outputs: ["y"] },
      ],
    });
    const { placement, kernels } = await quantiseModel(tail);
    expect(placement.find((entry) => entry.node === "probabilities")).toMatchObject({ placement: "float" });
    expect(kernels).toContain("Softmax");
  });
});
