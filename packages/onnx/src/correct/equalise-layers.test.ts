import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { OnnxModel } from "../graph/model.ts";
import { intAttribute, intsAttribute, type NodeInit } from "../graph/node.ts";
import { float32View, floatTensor, type Tensor } from "../graph/tensor.ts";
import type { Dim } from "../graph/types.ts";
import { buildModel, noise, noiseTensor } from "../test-support/build-model.ts";
import { expectSame } from "../test-support/oracle.ts";
import { equaliseLayers } from "./equalise-layers.ts";
import { findPairs } from "./find-pairs.ts";
import { nameLayers } from "./layers.ts";

const input: Readonly<Record<string, readonly Dim[]>> = { x: [1, 3, 6, 6] };
const conv = (name: string, from: string, to: string, group = 1): NodeInit => ({
  opType: "Conv",
  name,
  inputs: [from, `${name}_w`, `${name}_b`],
  outputs: [to],
  attributes: { group: intAttribute(group), pads: intsAttribute([1, 1, 1, 1]) },
});
const constants: Record<string, Tensor> = {
  a_w: noiseTensor([4, 3, 3, 3], 1),
  a_b: noiseTensor([4], 2),
  b_w: noiseTensor([4, 1, 3, 3], 3),
  b_b: noiseTensor([4], 4),
  c_w: noiseTensor([5, 4, 3, 3], 5),
  c_b: noiseTensor([5], 6),
  zero: floatTensor([], [0]),
  six: floatTensor([], [6]),
};
const relu = (from: string, to: string): NodeInit => ({ opType: "Relu", inputs: [from], outputs: [to] });
const clip = (from: string, to: string): NodeInit => ({ opType: "Clip", inputs: [from, "zero", "six"], outputs: [to] });

function chain(between: (from: string, to: string) => NodeInit, extra: Record<string, Tensor> = {}, outputs = ["y"]): OnnxModel {
  const nodes = [conv("a", "x", "1"), between("1", "2"), conv("b", "2", "3", 4), between("3", "4"), conv("c", "4", "y")];
  return buildModel({ nodes, inputs: input, outputs, constants: { ...constants, ...extra } });
}

const maxima = (model: OnnxModel, name: string, inputs: boolean): number[] => {
  const weight = model.graph.constantOf(model.graph.nodes.find((node) => node.name === name)?.inputs[1] ?? "");
  const [rows = 0, columns = 0, ...taps] = weight?.dims ?? [];
  const inner = taps.reduce((a, b) => a * b, 1);
  const values = weight === null || weight === undefined ? new Float32Array() : float32View(weight);
  return Array.from({ length: inputs ? columns : rows }, (_, channel) =>
    Math.max(
      ...values
        .filter((__, flat) => (inputs ? Math.floor(flat / inner) % columns : Math.floor(flat / (inner * columns))) === channel)
        .map(Math.abs),
    ),
  );
};

describe("equaliseLayers", () => {
  test("channels of the two layers come to the same size, and the function stays", async () => {
    const after = await expectSame(chain(relu), (model) => expect(equaliseLayers(model, { balance: "weights" })).toBe(2));
    for (const [channel, value] of maxima(after, "b", false).entries())
      expect(value / (maxima(after, "c", true)[channel] ?? 0)).toBeCloseTo(1, 1);
  });

  test("the function stays whatever the scales are", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.double({ min: 0.001, max: 1000, noNaN: true }), { minLength: 4, maxLength: 4 }), async (factors) => {
        const weights = float32View(constants["a_w"] as Tensor).map((value, flat) => value * (factors[Math.floor(flat / 27)] ?? 1));
        const bias = noise(4, 2).map((value, channel) => value * (factors[channel] ?? 1));
        await expectSame(chain(relu, { a_w: floatTensor([4, 3, 3, 3], weights), a_b: floatTensor([4], bias) }), (model) =>
          equaliseLayers(model, { balance: "weights" }),
        );
      }),
      { numRuns: 15 },
    );
  });

  test("without measured maxima a Clip forbids it", () => {
    const model = chain(clip);
    expect(findPairs(model.graph)).toHaveLength(2);
    expect(equaliseLayers(model, { balance: "weights" })).toBe(0);
  });

  test("a channel that reaches its Clip keeps its scale, the others grow up to it", async () => {
    const largest = new Map([
      ["2", Float64Array.of(6, 0.5, 1, 2)],
      ["4", Float64Array.of(6, 6, 6, 6)],
    ]);
    const before = chain(clip);
    const sizes = maxima(before, "a", false);
    equaliseLayers(before, { balance: "activations", largest });
    const grown = maxima(before, "a", false).map((value, channel) => value / (sizes[channel] ?? 1));
    // 6 / (reach × 1.25)
    for (const [channel, factor] of [1, 9.6, 4.8, 2.4].entries()) expect(grown[channel]).toBeCloseTo(factor, 3);
  });

  test("stretching below the limit keeps the function", async () => {
    const small = {
      a_w: floatTensor(
        [4, 3, 3, 3],
        noise(108, 1).map((value) => value * 0.02),
      ),
      a_b: floatTensor([4], [0.02, 0.03, 0.04, 0.05]),
    };
    const largest = new Map([["2", Float64Array.of(0.6, 0.6, 0.6, 0.6)]]);
    await expectSame(chain(clip, small), (model) => expect(equaliseLayers(model, { balance: "activations", largest })).toBe(1));
  });

  test("must not fire: a value that is read twice, an output, shared weights", () => {
    expect(findPairs(chain(relu, {}, ["y", "2"]).graph)).toHaveLength(1);
    const branching = chain(relu);
    branching.graph.addNode({ opType: "Neg", inputs: ["4"], outputs: ["n"] });
    expect(findPairs(branching.graph).map(({ first }) => first.name)).toEqual(["a"]);
    const shared = chain(relu);
    shared.graph.addNode({ ...conv("d", "x", "z"), inputs: ["x", "a_w", "a_b"] });
    expect(findPairs(shared.graph).map(({ first }) => first.name)).toEqual(["b"]);
  });
});

test("nameLayers names what has no name, and no two alike", () => {
  const nodes: NodeInit[] = ["1", "2", "3"].map((output, index) => ({ ...conv("a", "x", output), name: index === 2 ? "" : "same" }));
  const model = buildModel({ nodes, inputs: input, outputs: ["1", "2", "3"], constants });
  nameLayers(model.graph);
  expect(model.graph.nodes.map(({ name }) => name)).toEqual(["same", "same_1", "Conv_0"]);
});
