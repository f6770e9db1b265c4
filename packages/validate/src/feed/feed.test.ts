import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ModelTensor, planFeeds, runSteps, type StepTensors, toElements } from "./index.ts";

const tensor = (name: string, shape: ModelTensor["shape"], type = "float32"): ModelTensor => ({ name, type, shape });
/** A recogniser of speech as they are exported: an input, a state, a rate; an answer and the state behind it. */
const recurrent = {
  inputs: [tensor("input", [null, null]), tensor("state", [2, "batch", 3]), tensor("sr", [], "int64")],
  outputs: [tensor("output", [null, 1]), tensor("stateN", [null, null, null])],
};

describe("a plan", () => {
  test("gives a lone array to a lone input, with a batch of one", () => {
    expect(planFeeds({ inputs: [tensor("x", ["n", 28, 28, 1])], outputs: [] }, [{ name: null, shape: [28, 28, 1] }])).toEqual({
      steps: 1,
      inputs: [{ name: "x", type: "float32", dims: [1, 28, 28, 1], from: { array: 0, perStep: false } }],
    });
  });

  test("pairs arrays with inputs by name, also where a file cannot be named like the input", () => {
    const model = { inputs: [tensor("a:0", [1, 2]), tensor("b:0", [1, 4])], outputs: [] };
    const arrays = [
      { name: "b_0", shape: [4] },
      { name: "a:0", shape: [2] },
    ];
    expect(planFeeds(model, arrays).inputs.map(({ from }) => from)).toEqual([
      { array: 1, perStep: false },
      { array: 0, perStep: false },
    ]);
  });

  test("takes an input without an array for a state, and one axis more for steps", () => {
    const arrays = [
      { name: "input", shape: [5, 8] },
      { name: "sr", shape: [] },
    ];
    const plan = planFeeds(recurrent, arrays);
    expect(plan.steps).toBe(5);
    expect(plan.inputs).toEqual([
      { name: "input", type: "float32", dims: [1, 8], from: { array: 0, perStep: true } },
      { name: "state", type: "float32", dims: [2, 1, 3], from: { output: "stateN" } },
      { name: "sr", type: "int64", dims: [], from: { array: 1, perStep: false } },
    ]);
  });

  test("finds states by their order where names tell nothing", () => {
    const model = {
      inputs: [tensor("x", [1, 4]), tensor("h0", [1, 1, 2]), tensor("c0", [1, 1, 2])],
      outputs: [tensor("y", [1, 1, 2]), tensor("12", [1, 1, 2]), tensor("13", [1, 1, 2])],
    };
    expect(planFeeds(model, [{ name: "x", shape: [4] }]).inputs.map(({ from }) => from)).toEqual([
      { array: 0, perStep: false },
      { output: "12" },
      { output: "13" },
    ]);
  });

  test("feeds a state that the data holds as it is, with the batch axis in the middle", () => {
    const arrays = [
      { name: "input", shape: [8] },
      { name: "state", shape: [2, 1, 3] },
      { name: "sr", shape: [] },
    ];
    const { steps, inputs } = planFeeds(recurrent, arrays);
    expect([steps, inputs[1]]).toEqual([1, { name: "state", type: "float32", dims: [2, 1, 3], from: { array: 1, perStep: false } }]);
  });

  test.each<[string, ModelTensor[], { name: string | null; shape: number[] }[], string]>([
    ["another shape", [tensor("x", ["n", 4])], [{ name: null, shape: [5] }], '"x" is n × 4, but the data gives 1 × 5: change'],
    ["a fixed batch", [tensor("x", [8, 4])], [{ name: null, shape: [4] }], "batch is fixed to 8"],
    ["an array too many", [tensor("x", [1, 4])], [{ name: "y", shape: [4] }], 'an array "y", but the model\'s inputs are "x"'],
    ["two arrays for one", [tensor("x:0", [1, 4])], ["x:0", "x_0"].map((name) => ({ name, shape: [4] })), "two arrays"],
    ["an input that nothing feeds", [tensor("x", [1, 4]), tensor("z", [1, 9])], [{ name: "x", shape: [4] }], 'input "z" (1 × 9)'],
  ])("refuses %s", (_, inputs, arrays, sentence) => {
    expect(() => planFeeds({ inputs, outputs: [tensor("y", [1, 4])] }, arrays)).toThrow(
      expect.objectContaining({ code: "PREPROCESSING_MISMATCH" }),
    );
    expect(() => planFeeds({ inputs, outputs: [tensor("y", [1, 4])] }, arrays)).toThrow(sentence);
  });

  test("refuses arrays with different numbers of steps", () => {
    const model = { ...recurrent, inputs: [...recurrent.inputs, tensor("extra", [1, 2])] };
    const arrays = [
      { name: "input", shape: [5, 8] },
      { name: "extra", shape: [4, 2] },
      { name: "sr", shape: [] },
    ];
    expect(() => planFeeds(model, arrays)).toThrow('"extra" has 4 steps a sample, but "input" has 5');
  });
});

test("states begin as zeros and are carried from step to step, whatever the steps hold", async () => {
  const model = { inputs: [tensor("x", [1, 1]), tensor("sum", [1, 1])], outputs: [tensor("y", [1, 1]), tensor("sum_out", [1, 1])] };
  const add = async ({ x, sum }: StepTensors): Promise<StepTensors> => {
    const [a, b] = [x?.data, sum?.data] as [Float32Array, Float32Array];
    const data = Float32Array.of((a[0] ?? 0) + (b[0] ?? 0));
    return { y: { type: "float32", dims: [1, 1], data }, sum_out: { type: "float32", dims: [1, 1], data } };
  };
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 1, maxLength: 9 }), async (values) => {
      const plan = planFeeds(model, [{ name: "x", shape: [values.length, 1] }]);
      const seen: number[] = [];
      for await (const { outputs } of runSteps(plan, [Float32Array.from(values)], add))
        seen.push((outputs["y"]?.data as Float32Array | undefined)?.[0] ?? Number.NaN);
      expect(seen).toEqual(values.map((_, at) => values.slice(0, at + 1).reduce((a, b) => a + b, 0)));
    }),
  );
});

test("values take the element type of their input; text cannot be fed", () => {
  const as = (type: string) => toElements({ name: "x", type }, Float32Array.of(1.6, 300, -2));
  expect([as("int64"), as("uint8"), as("bool")]).toEqual([
    BigInt64Array.of(2n, 300n, -2n),
    Uint8Array.of(2, 255, 0),
    Uint8Array.of(1, 1, 1),
  ]);
  expect(() => as("string")).toThrow(expect.objectContaining({ code: "PREPROCESSING_MISMATCH" }));
});
