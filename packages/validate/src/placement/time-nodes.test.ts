import { expect, test } from "vitest";
import { type TimedNode, timeNodes } from "./time-nodes.ts";

const node = (name: string, operator: string, inputs: string[], output: string): TimedNode => ({
  name,
  operator,
  inputs,
  outputs: [output],
});
const GRAPH = [
  node("conv", "Conv", ["image", "w"], "conv:0"),
  node("bn", "BatchNormalization", ["conv:0"], "bn:0"),
  node("relu", "Relu", ["bn:0"], "relu:0"),
  node("dense", "MatMul", ["relu:0", "v"], "dense:0"),
  node("bias", "Add", ["dense:0", "b"], "bias:0"),
  node("probs", "Softmax", ["bias:0"], "probs:0"),
];

let clock = 0;
const event = (name: string, op: string, dur: number, at?: number) => {
  const ts = at ?? clock;
  clock = Math.max(clock, ts + dur);
  return { cat: "Node", name: `${name}_kernel_time`, ts, dur, args: { op_name: op } };
};
const run = (dur: number) => ({ cat: "Session", name: "model_run", dur });
const timesOf = (events: object[]) => {
  const { nodes, ...rest } = timeNodes(JSON.stringify(events), GRAPH);
  return { ...rest, nodes: nodes.map((each) => [GRAPH[each.node]?.name, each.ms]) };
};

test("a node that runs as it stands has the time of its kernel", () => {
  expect(timesOf([run(100), event("probs", "Softmax", 50), event("dense_token_3", "MatMul", 30)]).nodes).toEqual([
    ["dense", 0.03],
    ["probs", 0.05],
  ]);
});

test("a fused kernel's time goes to the node that does its work, whether the runtime names it by its last tensor or its first node", () => {
  expect(timesOf([event("relu:0_nchwc", "Conv", 200), event("fused dense/MatMulAddFusion", "FusedGemm", 40)]).nodes).toEqual([
    ["conv", 0.2],
    ["dense", 0.04],
  ]);
});

test("work is not looked for behind a node that has a kernel of its own", () => {
  expect(timesOf([event("bn", "BatchNormalization", 10), event("relu:0", "Conv", 5)]).nodes).toEqual([
    ["bn", 0.01],
    ["relu", 0.005],
  ]);
});

test("a cold first run does not count: times are medians", () => {
  const runs = [900, 10, 12].flatMap((dur) => [event("probs", "Softmax", dur), run(dur + 5)]);
  expect(timesOf(runs)).toEqual({ runs: 3, totalMs: 0.012, nodes: [["probs", 0.012]] });
});

test("kernels that the runtime put in between are in the total and in no node", () => {
  expect(timesOf([event("ReorderOutput_token_14", "ReorderOutput", 20), event("probs", "Softmax", 5)])).toMatchObject({
    totalMs: 0.025,
    nodes: [["probs", 0.005]],
  });
});

test("what runs inside of a loop is the loop's time, and counts once", () => {
  const start = clock + 1;
  expect(
    timesOf([event("bias", "Loop", 100, start), event("inner", "Mul", 60, start + 10), event("probs", "Mul", 30, start + 70)]),
  ).toEqual({
    runs: 1,
    totalMs: 0.1,
    nodes: [["bias", 0.1]],
  });
});

test("a profile that was cut off is refused", () => {
  expect(() => timeNodes("[{", GRAPH)).toThrow(/endProfiling/);
});
