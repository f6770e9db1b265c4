import { describe, expect, test } from "vitest";
import type { OnnxModel } from "../graph/model.ts";
import { readModel } from "../graph/read-model.ts";
import { attentionNet, plainNet, residualNet, uNet } from "../test-support/build-nets.ts";
import { sampleModel } from "../test-support/mnist.ts";
import type { Outline, OutlineItem } from "./types.ts";
import { type GraphSketch, viewGraph } from "./view-graph.ts";

/** The items at the top as words: `Conv`, `[convolution ×12]`. */
function top(view: GraphSketch, group = 0): string[] {
  return (view.compact.groups[group]?.items ?? []).flatMap((item) => {
    if (item.kind === "node") return view.nodes[item.node]?.op ?? "";
    return item.kind === "group" ? describeGroup(view.compact, item) : [];
  });
}

function describeGroup({ groups }: Outline, item: OutlineItem & { kind: "group" }): string {
  const group = groups[item.group];
  const blocks = group?.items.filter(({ kind }) => kind === "group").length ?? 0;
  const name = group?.shape ?? group?.operators.map(({ op }) => op).join("-");
  return `[${name}${group?.kind === "run" ? ` ×${blocks}` : ""}]`;
}

/** Every node stands in exactly one group. */
function nodesOf({ groups }: Outline): number[] {
  return groups.flatMap(({ items }) => items.flatMap((item) => (item.kind === "node" ? item.node : []))).sort((a, b) => a - b);
}

function expectWhole(model: OnnxModel): GraphSketch {
  const view = viewGraph(model);
  expect(nodesOf(view.compact)).toEqual(view.nodes.map((_, index) => index));
  return view;
}

describe("what repeats is folded", () => {
  test("a chain of alike blocks is one run with its count", () => {
    const view = expectWhole(plainNet(40));
    expect(top(view)).toEqual(["[convolution ×40]", "Identity"]);
    const run = view.compact.groups[1];
    expect(run?.operators).toEqual([
      { op: "Conv", count: 40 },
      { op: "BatchNormalization", count: 40 },
      { op: "Relu", count: 40 },
    ]);
    const blocks = run?.items.flatMap((item) => (item.kind === "group" ? (view.compact.groups[item.group] ?? []) : [])) ?? [];
    expect(new Set(blocks.map(({ pattern }) => pattern)).size).toBe(1);
    expect(blocks[0]?.items.map(({ kind }) => kind)).toEqual(["node", "node", "node", "entry", "exit"]);
  });

  test("residual stages: the first block of each stage and the run behind it", () => {
    const view = expectWhole(residualNet([3, 4, 6, 3]));
    const words = top(view);
    expect(words.filter((word) => word.startsWith("[residual ×"))).toEqual([
      "[residual ×2]",
      "[residual ×3]",
      "[residual ×5]",
      "[residual ×2]",
    ]);
    expect(words.length).toBeLessThan(20);
  });

  test("layers that all read one mask are one run; the mask stays outside", () => {
    const view = expectWhole(attentionNet(12));
    expect(top(view)).toEqual(["Cast", "[attention ×12]", "Identity"]);
  });

  test("a run hides nothing that is read from elsewhere: the levels of a U-net stay apart", () => {
    const view = expectWhole(uNet(5));
    expect(top(view).filter((word) => word === "MaxPool")).toHaveLength(5);
    expect(top(view).filter((word) => word === "Concat" || word.includes("Concat"))).toHaveLength(5);
    for (const { items } of view.compact.groups.filter(({ kind }) => kind === "run")) {
      expect(items.flatMap(({ kind }) => (kind === "entry" || kind === "exit" ? kind : []))).toEqual(["entry", "exit"]);
    }
  });

  test("MobileNet's blocks, with the sums of its shortcuts between them", () => {
    const view = expectWhole(readModel(sampleModel("mnist-mobilenet")));
    expect(top(view).filter((word) => word === "[separable]")).toHaveLength(5);
    expect(top(view)).toContain("Add");
  });
});

describe("what is not folded", () => {
  test("a graph that is seen at a glance", () => {
    expect(top(expectWhole(plainNet(12)))).toHaveLength(37);
  });

  test("a small model", () => {
    const view = viewGraph(readModel(sampleModel("mnist-cnn")));
    expect(view.compact.groups).toHaveLength(1);
  });
});

test("the same model gives the same outline", () => {
  expect(viewGraph(residualNet([2, 3, 4]))).toEqual(viewGraph(residualNet([2, 3, 4])));
});

test("a folded graph has no circle: items can be put in an order in which every edge points on", () => {
  for (const model of [plainNet(50), residualNet([3, 4, 6, 3]), uNet(6), attentionNet(8)]) {
    for (const { items, edges } of viewGraph(model).compact.groups) {
      const open = items.map((_, index) => edges.filter(({ to }) => to === index).length);
      const ready = open.flatMap((count, index) => (count === 0 ? index : []));
      for (let next = 0; next < ready.length; next += 1) {
        for (const { to } of edges.filter(({ from }) => from === ready[next])) {
          open[to] = (open[to] ?? 0) - 1;
          if (open[to] === 0) ready.push(to);
        }
      }
      expect(ready).toHaveLength(items.length);
    }
  }
});

test("ten thousand nodes are folded or left alone in seconds", { timeout: 60_000 }, () => {
  expect(top(expectWhole(plainNet(3_333)))).toEqual(["[convolution ×3333]", "Identity"]);
});
