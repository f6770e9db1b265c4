import { expect, test } from "vitest";
import { DataType } from "../graph/data-types.ts";
import { allGraphs } from "../graph/model.ts";
import { branchingModel } from "../test-support/branching-model.ts";
import { bindInputs } from "./bind-inputs.ts";
import { simplify } from "./simplify.ts";

test("fires: the branch that is taken stands in the main graph, and the bound input is still an input", () => {
  const model = branchingModel();
  expect(bindInputs(model, { shapes: { x: [1, 8] }, values: { rate: [16_000] } })).toContain(
    "The input rate is taken to be 16000, always.",
  );
  simplify(model);
  expect(allGraphs(model.graph)).toHaveLength(1);
  expect(model.graph.inputs).toEqual(["x", "h", "c", "rate"]);
  expect(model.graph.nodes.filter((node) => node.is("Gemm", "LSTM")).map(({ opType }) => opType)).toEqual(["Gemm", "LSTM", "Gemm"]);
});

test("must not fire: without bindings the branches stay", () => {
  const model = branchingModel();
  bindInputs(model, {});
  simplify(model);
  expect(allGraphs(model.graph).length).toBeGreaterThan(1);
});

test.each([
  ["an input that is not there", { values: { gone: [1] } }, 'no input "gone"'],
  ["more values than the input has", { values: { rate: [1, 2] } }, "cannot be bound to 2 numbers"],
  ["a shape that does not fit", { shapes: { h: [2, 1, 8] } }, "does not fit"],
])("refuses %s", (_, bindings, sentence) => {
  expect(() => bindInputs(branchingModel(), bindings)).toThrow(sentence);
});

test("refuses text", () => {
  const model = branchingModel();
  model.graph.types.set("rate", { elemType: DataType.STRING, shape: [] });
  expect(() => bindInputs(model, { values: { rate: [1] } })).toThrow('"rate" cannot be bound');
});
