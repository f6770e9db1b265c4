import { describe, expect, test } from "vitest";
import { floatAttribute, intAttribute, intsAttribute, type NodeInit, stringAttribute } from "../graph/node.ts";
import { floatTensor, int64Tensor, type Tensor } from "../graph/tensor.ts";
import { sampleModel } from "../test-support/mnist.ts";
import { readModel } from "../graph/read-model.ts";
import type { Dim } from "../graph/types.ts";
import { buildModel, noiseTensor } from "../test-support/build-model.ts";
import { expectSame, operators } from "../test-support/oracle.ts";
import { downgradeOpset } from "./downgrade-opset.ts";
import { upgradeOpset } from "./upgrade-opset.ts";

interface Case {
  readonly name: string;
  readonly from: number;
  /** The oldest set that can say it; all between are tried too. */
  readonly to: number;
  readonly node: Omit<NodeInit, "outputs">;
  readonly input?: readonly Dim[];
  readonly constants?: Record<string, Tensor>;
}

const x = ["x"];
const CASES: readonly Case[] = [
  { name: "Gelu", from: 20, to: 9, node: { opType: "Gelu", inputs: x } },
  { name: "Gelu by tanh", from: 20, to: 7, node: { opType: "Gelu", inputs: x, attributes: { approximate: stringAttribute("tanh") } } },
  { name: "Mish", from: 18, to: 7, node: { opType: "Mish", inputs: x } },
  { name: "HardSwish", from: 14, to: 7, node: { opType: "HardSwish", inputs: x } },
  { name: "Celu", from: 12, to: 7, node: { opType: "Celu", inputs: x, attributes: { alpha: floatAttribute(0.7) } } },
  {
    name: "LayerNormalization",
    from: 17,
    to: 7,
    node: { opType: "LayerNormalization", inputs: ["x", "s", "b"], attributes: { axis: intAttribute(-2) } },
    input: [2, 3, 4],
    constants: { s: noiseTensor([3, 4]), b: noiseTensor([3, 4], 2) },
  },
  {
    name: "a reduction with axes as input",
    from: 18,
    to: 7,
    node: { opType: "ReduceMean", inputs: ["x", "a"], attributes: { keepdims: intAttribute(0) } },
    input: [2, 3, 4],
    constants: { a: int64Tensor([-1]) },
  },
  {
    name: "ReduceSum",
    from: 13,
    to: 7,
    node: { opType: "ReduceSum", inputs: ["x", "a"] },
    input: [2, 3, 4],
    constants: { a: int64Tensor([0, -1]) },
  },
  {
    name: "Squeeze",
    from: 13,
    to: 7,
    node: { opType: "Squeeze", inputs: ["x", "a"] },
    input: [2, 1, 4],
    constants: { a: int64Tensor([-2]) },
  },
  {
    name: "Unsqueeze",
    from: 13,
    to: 7,
    node: { opType: "Unsqueeze", inputs: ["x", "a"] },
    input: [2, 4],
    constants: { a: int64Tensor([-1, 1]) },
  },
  {
    name: "Softmax along an inner axis",
    from: 13,
    to: 7,
    node: { opType: "Softmax", inputs: x, attributes: { axis: intAttribute(1) } },
    input: [2, 3, 4],
  },
  { name: "Softmax along the last axis", from: 13, to: 7, node: { opType: "Softmax", inputs: x }, input: [2, 3, 4] },
  { name: "Clip", from: 13, to: 7, node: { opType: "Clip", inputs: ["x", "l"] }, constants: { l: floatTensor([], [-0.25]) } },
  {
    name: "Pad",
    from: 18,
    to: 7,
    node: { opType: "Pad", inputs: ["x", "p", "v"] },
    input: [2, 4],
    constants: { p: int64Tensor([0, 1, 1, 2]), v: floatTensor([], [0.5]) },
  },
  {
    name: "Slice",
    from: 13,
    to: 7,
    node: { opType: "Slice", inputs: ["x", "b", "e", "a"] },
    input: [4, 5],
    constants: { b: int64Tensor([1, -3]), e: int64Tensor([2n ** 63n - 1n, -1]), a: int64Tensor([0, 1]) },
  },
  {
    name: "Resize",
    from: 18,
    to: 7,
    node: {
      opType: "Resize",
      inputs: ["x", "", "s"],
      attributes: {
        mode: stringAttribute("nearest"),
        coordinate_transformation_mode: stringAttribute("asymmetric"),
        nearest_mode: stringAttribute("floor"),
      },
    },
    input: [1, 2, 3, 3],
    constants: { s: floatTensor([4], [1, 1, 2, 2]) },
  },
  {
    name: "Concat along the last axis",
    from: 13,
    to: 7,
    node: { opType: "Concat", inputs: ["x", "x"], attributes: { axis: intAttribute(-1) } },
    input: [2, 3],
  },
  {
    name: "Gather",
    from: 13,
    to: 7,
    node: { opType: "Gather", inputs: ["x", "i"], attributes: { axis: intAttribute(-1) } },
    input: [2, 3],
    constants: { i: int64Tensor([2, 0]) },
  },
  { name: "Dropout", from: 13, to: 7, node: { opType: "Dropout", inputs: ["x", "r"] }, constants: { r: floatTensor([], [0.3]) } },
  {
    name: "MaxPool",
    from: 12,
    to: 7,
    node: {
      opType: "MaxPool",
      inputs: x,
      attributes: {
        kernel_shape: intsAttribute([2, 2]),
        strides: intsAttribute([2, 2]),
        ceil_mode: intAttribute(0),
        dilations: intsAttribute([1, 1]),
      },
    },
    input: [1, 2, 5, 5],
  },
];

describe("downgradeOpset", () => {
  test.each(CASES)("$name of operator set $from says the same in $to and all between", async ({ from, to, node, input, constants }) => {
    const model = buildModel({
      nodes: [{ ...node, outputs: ["y"] }],
      opset: from,
      inputs: { x: input ?? [2, 4] },
      ...(constants === undefined ? {} : { constants }),
    });
    for (let target = to; target < from; target += 1) {
      const copy = await expectSame(model, (changed) => downgradeOpset(changed, target), { tolerance: 1e-6 });
      expect(copy.opsets.get("")).toBe(target);
    }
  });

  test("a whole classifier goes down to 7 and up again", async () => {
    const model = readModel(sampleModel("mnist-mobilenet"));
    const down = await expectSame(model, (changed) => downgradeOpset(changed, 7));
    expect(down.irVersion).toBe(3);
    await expectSame(down, (changed) => upgradeOpset(changed, 21));
  });

  test("a body of an If is lowered too, and the nodes keep their names", () => {
    const model = buildModel({
      opset: 17,
      nodes: [{ opType: "HardSwish", name: "act", inputs: x, outputs: ["y"] }],
      inputs: { x: [2, 4] },
    });
    downgradeOpset(model, 13);
    expect(operators(model)).toEqual(["HardSigmoid", "Mul"]);
    expect(model.graph.producerOf("y")?.name).toBe("act");
  });

  test.each([
    {
      name: "an operator that is too young",
      opType: "GridSample",
      from: 17,
      to: 11,
      inputs: ["x", "x"],
      words: /GridSample "n" \(since 16\)/u,
    },
    { name: "calculated axes", opType: "Squeeze", from: 13, to: 11, inputs: ["x", "k"], words: /calculates its axes/u },
    { name: "steps of a Slice", opType: "Slice", from: 13, to: 9, inputs: ["x", "one", "one", "one", "two"], words: /takes steps/u },
    { name: "a resize at half pixels", opType: "Resize", from: 13, to: 10, inputs: ["x", "", "scale"], words: /samples with half_pixel/u },
  ])("$name is refused with its node", ({ opType, from, to, inputs, words }) => {
    const model = buildModel({
      opset: from,
      inputs: { x: [1, 1, 4, 4], k: [1] },
      constants: { one: int64Tensor([1]), two: int64Tensor([2]), scale: floatTensor([4], [1, 1, 2, 2]) },
      nodes: [{ opType, name: "n", inputs, outputs: ["y"] }],
    });
    expect(() => downgradeOpset(model, to)).toThrow(
      expect.objectContaining({ code: "UNSUPPORTED_OPSET", message: expect.stringMatching(words) }),
    );
  });

  test("below 7, and from beyond 21, there is nothing to be said", () => {
    expect(() => downgradeOpset(buildModel({ nodes: [] }), 6)).toThrow(/not possible/u);
    expect(downgradeOpset(buildModel({ nodes: [], opset: 11 }), 13)).toEqual([]);
  });
});
