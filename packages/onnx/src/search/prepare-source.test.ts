import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import type { Feeds } from "../correct/run-model.ts";
import { writeModel } from "../graph/write-model.ts";
import { branchingModel } from "../test-support/branching-model.ts";
import { buildModel, noise, noiseTensor } from "../test-support/build-model.ts";
import { openModel } from "../test-support/open-model.ts";
import { measureRanges } from "../correct/measure-ranges.ts";
import { CandidateBuilder } from "./build-candidate.ts";
import { calibrationTaps } from "./calibration-taps.ts";
import type { StaticCandidate } from "./candidate.ts";
import { prepareSource } from "./prepare-source.ts";

const ALWAYS = { shapes: { x: [1, 8], h: [1, 1, 16], c: [1, 1, 16], rate: [] }, values: { rate: [16_000] } };
const STATIC: StaticCandidate = {
  method: "int8-static",
  observer: "min-max",
  options: {},
  equalise: false,
  correctBias: true,
  roundAdaptively: [],
  exclude: [],
};

test("branches that the data decides are taken apart; what every caller may choose stays", () => {
  const { model, bindings } = prepareSource(branchingModel(), ALWAYS);
  expect([bindings, model.graph.nodes.some((node) => node.is("If"))]).toEqual([ALWAYS, false]);
  const open = prepareSource(branchingModel(), { shapes: ALWAYS.shapes });
  expect([open.bindings, open.model.graph.nodes.some((node) => node.is("If"))]).toEqual([null, true]);
});

test("a model without hidden layers is bound to nothing", () => {
  const model = buildModel({
    nodes: [{ opType: "MatMul", inputs: ["x", "w"], outputs: ["y"] }],
    constants: { w: noiseTensor([4, 4]) },
    opset: 11,
  });
  expect(prepareSource(model, { shapes: { x: [1, 4] } })).toMatchObject({ bindings: null, opset: 17 });
});

test("every kind of candidate of a recurrent model with branches runs, takes the inputs of the original and answers as it does", async () => {
  const source = await InferenceSession.create(writeModel(branchingModel()));
  const feeds = (seed: number): Feeds => ({
    x: { data: noise(8, seed), dims: [1, 8] },
    h: { data: noise(16, seed + 1), dims: [1, 1, 16] },
    c: { data: noise(16, seed + 2), dims: [1, 1, 16] },
    rate: { data: BigInt64Array.of(16_000n), dims: [] },
  });
  const batches = () => Array.from({ length: 24 }, (_, seed) => feeds(3 * seed + 1));
  const { model } = prepareSource(branchingModel(), ALWAYS);
  const builder = new CandidateBuilder(model, {
    open: openModel,
    batches,
    few: () => batches().slice(0, 2),
    ranges: (one, { options }) => measureRanges(one, calibrationTaps(one, options), { open: openModel, batches }),
  });
  const [expected] = await answers(source, batches());
  for (const candidate of [
    { method: "weight-only", exclude: [] },
    { method: "int8-dynamic" },
    STATIC,
    { ...STATIC, options: { recurrent: true } },
  ] as const) {
    const variant = await InferenceSession.create(await builder.build(candidate));
    expect(variant.inputNames).toEqual(source.inputNames);
    const [found] = await answers(variant, batches());
    expect(Math.max(...(found ?? []).map((value, at) => Math.abs(value - (expected?.[at] ?? Number.NaN))))).toBeLessThan(0.05);
  }
  expect((await builder.rank(STATIC)).map(({ opType }) => opType).toSorted()).toEqual(["Gemm", "Gemm"]);
  // Of the two only the first is large enough for its weights to be stored.
  const [stored] = await builder.rank({ method: "weight-only", exclude: [] });
  expect(stored).toMatchObject({ opType: "Gemm", parameters: 256 });
  expect(stored?.outputSqnrDb).toBeGreaterThan(30);
});

test("whatever layers stay in float, ranges that were measured once serve a net with hard swishes", async () => {
  const conv = (name: string, x: string, y: string) => ({ opType: "Conv", name, inputs: [x, "w", "b"], outputs: [y] });
  const swish = (x: string, y: string) => ({ opType: "HardSwish", inputs: [x], outputs: [y] });
  const model = buildModel({
    nodes: [conv("one", "x", "a"), swish("a", "c"), conv("two", "c", "d"), swish("d", "e"), conv("three", "e", "y")],
    constants: { w: noiseTensor([4, 4, 1, 1]), b: noiseTensor([4], 2) },
    inputs: { x: [1, 4, 6, 6] },
  });
  const batches = () => [1, 2, 3].map((seed) => ({ x: { data: noise(144, seed), dims: [1, 4, 6, 6] } }));
  const ranges = (one: Parameters<typeof measureRanges>[0]) => measureRanges(one, calibrationTaps(one), { open: openModel, batches });
  const builder = new CandidateBuilder(model, { open: openModel, batches, few: batches, ranges });
  for (const exclude of [[], ["one"], ["two", "three"]]) expect((await builder.build({ ...STATIC, exclude })).length).toBeGreaterThan(0);
});

test("layers of a model of an old operator set can be ranked", async () => {
  const model = buildModel({
    nodes: [{ opType: "MatMul", inputs: ["x", "w"], outputs: ["y"] }],
    constants: { w: noiseTensor([4, 4]) },
    inputs: { x: [1, 4] },
    opset: 9,
  });
  const batches = () => [1, 2, 3].map((seed) => ({ x: { data: noise(4, seed), dims: [1, 4] } }));
  const ranges = (one: Parameters<typeof measureRanges>[0]) => measureRanges(one, calibrationTaps(one), { open: openModel, batches });
  const builder = new CandidateBuilder(model, { open: openModel, batches, few: batches, ranges });
  expect(await builder.rank({ ...STATIC, correctBias: false })).toHaveLength(1);
});

async function answers(session: InferenceSession, batches: readonly Feeds[]): Promise<number[][]> {
  const rows: number[][] = session.outputNames.map(() => []);
  for (const feeds of batches) {
    const tensors = Object.entries(feeds).map(([name, { data, dims }]): [string, Tensor] => [
      name,
      data instanceof BigInt64Array ? new Tensor("int64", data, dims) : new Tensor("float32", data as Float32Array, dims),
    ]);
    const outputs = await session.run(Object.fromEntries(tensors));
    for (const [at, name] of session.outputNames.entries()) rows[at]?.push(...(outputs[name]?.data as Float32Array));
  }
  return rows;
}
