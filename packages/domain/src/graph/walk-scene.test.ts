import { describe, expect, test } from "vitest";
import { composeScene } from "./compose-scene.ts";
import { groupsAround, keyOfNode, locateNodes } from "./locate-nodes.ts";
import { searchNodes } from "./search-nodes.ts";
import { reluGraph, viewOf } from "./testing/graph-views.ts";
import { type Direction, step, stepsOf } from "./walk-scene.ts";

describe("walking along the edges", () => {
  const view = reluGraph(4, [
    [0, 1],
    [0, 2],
    [1, 3],
    [2, 3],
  ]);
  const scene = composeScene(view, view.compact, new Set());
  const steps = stepsOf(view, view.compact, scene);
  const walk = (from: string, direction: Direction): string | null => {
    const index = scene.boxes.findIndex(({ key }) => key === from);
    const to = step(scene, steps, index, direction);
    return to === null ? null : (scene.boxes[to]?.key ?? null);
  };

  test.each([
    ["input-0-0", "down", "node-0"],
    ["node-3", "down", "output-0-4"],
    ["node-1", "down", "node-3"],
    ["node-1", "up", "node-0"],
    ["node-1", "right", "node-2"],
    ["node-2", "left", "node-1"],
    ["node-0", "left", null],
    ["input-0-0", "up", null],
  ] as const)("%s + %s → %s", (from, direction, to) => expect(walk(from, direction)).toBe(to));
});

test("search finds by operator and by name, what is called exactly that first", () => {
  const view = viewOf([
    { op: "Conv", name: "block/relu_like", inputs: ["x"], output: "a" },
    { op: "Relu", name: "act", inputs: ["a"], output: "b" },
    { op: "LeakyRelu", name: "act2", inputs: ["b"], output: "y" },
  ]);
  expect(searchNodes(view, " RELU ")).toEqual([1, 0, 2]);
  expect(searchNodes(view, "act")).toEqual([1, 2]);
  expect([searchNodes(view, ""), searchNodes(view, "softmax")]).toEqual([[], []]);
});

test("a node in folded blocks is shown by the outermost that is folded", () => {
  const { compact } = reluGraph(1, []);
  const [root] = compact.groups;
  if (root === undefined) throw new Error("no root");
  const group = (items: typeof root.items) => ({ ...root, items, edges: [] });
  const drawing = {
    groups: [group([{ kind: "group", group: 1 }]), group([{ kind: "group", group: 2 }]), group([{ kind: "node", node: 0, group: null }])],
  };
  const whereabouts = locateNodes(drawing);
  const key = (...unfolded: number[]) => keyOfNode(whereabouts, drawing, new Set(unfolded), 0);
  expect(groupsAround(whereabouts, 0)).toEqual([2, 1]);
  expect([key(), key(1), key(2), key(1, 2)]).toEqual(["group-1", "group-2", "group-1", "node-0"]);
});
