import type { GraphNode, GraphView, NodeTimes } from "@flotilla/contracts";
import { expect, test } from "vitest";
import { drawnTimes } from "./node-times.ts";

const view = (foldedInto: readonly (number | undefined)[]): GraphView =>
  ({ nodes: foldedInto.map((into) => (into === undefined ? {} : { foldedInto: into }) as GraphNode) }) as GraphView;
const times = (...nodes: [number, number][]): NodeTimes => ({
  machine: "a CPU",
  threads: 1,
  runs: 20,
  totalMs: 5,
  nodes: nodes.map(([node, ms]) => ({ node, ms })),
});

test("a node that was measured has its time, one that has no kernel of its own has none", () => {
  expect(drawnTimes(view([undefined, undefined]), times([1, 0.5]))).toEqual({ own: [null, 0.5], withFolded: [null, 0.5], totalMs: 5 });
});

test("the time of quantisation belongs to the node that it is drawn with, even where that has no kernel of its own", () => {
  const { own, withFolded } = drawnTimes(view([1, undefined, 1, 4, undefined]), times([0, 1], [1, 2], [2, 4], [3, 8]));
  expect(own).toEqual([1, 2, 4, 8, null]);
  expect(withFolded).toEqual([1, 7, 4, 8, 8]);
});

test("times of a node that is not in the view are left out", () => {
  expect(drawnTimes(view([undefined]), times([0, 1], [7, 3])).own).toEqual([1]);
});
