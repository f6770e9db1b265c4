import type { GraphDrawing, GraphGroup, GraphView } from "@flotilla/contracts";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { composeScene } from "./compose-scene.ts";
import { foldedSize } from "./item-size.ts";
import { layOutGroup, type OutlinedGroup } from "./layout/lay-out-group.ts";
import type { Scene, SceneBox } from "./scene.ts";
import { reluGraph, viewOf } from "./testing/graph-views.ts";

const sceneOf = (view: GraphView, unfolded: Iterable<number> = []): Scene => composeScene(view, view.compact, new Set(unfolded));

/** Boxes beside each other, not inside each other. */
function overlaps({ boxes }: Scene): [string, string][] {
  const pairs: [string, string][] = [];
  for (const [index, left] of boxes.entries()) {
    for (const right of boxes.slice(index + 1)) {
      if (left.parent !== right.parent) continue;
      const apart =
        left.x + left.width <= right.x ||
        right.x + right.width <= left.x ||
        left.y + left.height <= right.y ||
        right.y + right.height <= left.y;
      if (!apart) pairs.push([left.key, right.key]);
    }
  }
  return pairs;
}

/** Edges that somewhere point up, or do not begin and end at their boxes. */
function astray({ boxes, edges }: Scene): number {
  return edges.filter(({ from, to, points }) => {
    const falls = points.every(({ y }, index) => index === 0 || y >= (points[index - 1]?.y ?? 0));
    const [start, end] = [points[0], points.at(-1)];
    const [above, below] = [boxes[from], boxes[to]];
    return !falls || start === undefined || end === undefined || !touches(above, start) || !touches(below, end);
  }).length;
}

function touches(box: SceneBox | undefined, { x, y }: { x: number; y: number }): boolean {
  return box !== undefined && x >= box.x && x <= box.x + box.width && y >= box.y - 0.5 && y <= box.y + box.height + 0.5;
}

const boxOf = (scene: Scene, key: string): SceneBox => {
  const box = scene.boxes.find((each) => each.key === key);
  if (box === undefined) throw new Error(`there is no box ${key}`);
  return box;
};

describe("a flat graph", () => {
  test("a chain stands straight, each node below the one before it", () => {
    const scene = sceneOf(
      reluGraph(6, [
        [0, 1],
        [1, 2],
        [2, 3],
        [3, 4],
        [4, 5],
      ]),
    );
    const boxes = Array.from({ length: 6 }, (_, index) => boxOf(scene, `node-${index}`));
    expect(new Set(boxes.map((box) => box.x + box.width / 2)).size).toBe(1);
    for (const [index, box] of boxes.entries()) if (index > 0) expect(box.y).toBeGreaterThan((boxes[index - 1]?.y ?? 0) + box.height);
    expect([overlaps(scene), astray(scene)]).toEqual([[], 0]);
  });

  test("a diamond has its two sides in one layer, and its ends in the middle", () => {
    const scene = sceneOf(
      reluGraph(4, [
        [0, 1],
        [0, 2],
        [1, 3],
        [2, 3],
      ]),
    );
    const [top, left, right, bottom] = [0, 1, 2, 3].map((node) => boxOf(scene, `node-${node}`));
    expect(left?.y).toBe(right?.y);
    expect(top?.x).toBe(bottom?.x);
    expect(top?.x).toBe(((left?.x ?? 0) + (right?.x ?? 0)) / 2);
    expect([overlaps(scene), astray(scene)]).toEqual([[], 0]);
  });

  test("an edge that skips layers passes beside the nodes, which stay straight", () => {
    const scene = sceneOf(
      reluGraph(5, [
        [0, 1],
        [1, 2],
        [2, 3],
        [3, 4],
        [0, 4],
      ]),
    );
    const middles = [0, 1, 2, 3].map((node) => boxOf(scene, `node-${node}`)).map((box) => box.x + box.width / 2);
    expect(Math.max(...middles) - Math.min(...middles)).toBeLessThan(60);
    const skip = scene.edges.find(({ points }) => points.length > 2);
    for (const node of [1, 2, 3]) {
      const box = boxOf(scene, `node-${node}`);
      const beside = skip?.points.filter(({ y }) => y >= box.y && y <= box.y + box.height) ?? [];
      expect(beside.length).toBeGreaterThan(0);
      for (const { x } of beside) expect(x < box.x || x > box.x + box.width).toBe(true);
    }
    expect([overlaps(scene), astray(scene)]).toEqual([[], 0]);
  });

  test("whatever the graph: no two boxes overlap, every edge points down, and the same graph gives the same picture", () => {
    const graphs = fc
      .integer({ min: 1, max: 30 })
      .chain((count) => fc.tuple(fc.constant(count), fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 60 })));
    fc.assert(
      fc.property(graphs, ([count, pairs]) => {
        const edges = pairs.flatMap(([a, b]): [number, number][] => (a === b ? [] : [[Math.min(a, b), Math.max(a, b)]]));
        const view = reluGraph(count, edges);
        const scene = sceneOf(view);
        expect([overlaps(scene), astray(scene)]).toEqual([[], 0]);
        expect(reluGraph(count, edges)).toEqual(view);
        for (const box of scene.boxes) {
          expect([box.x >= 0, box.x + box.width <= scene.width, box.y >= 0, box.y + box.height <= scene.height]).toEqual(
            Array(4).fill(true),
          );
        }
      }),
      { numRuns: 150 },
    );
  });

  test("ten thousand nodes with long edges get their places in seconds", { timeout: 60_000 }, () => {
    const edges: [number, number][] = Array.from({ length: 9_999 }, (_, index) => [index, index + 1]);
    for (let index = 0; index < 9_000; index += 7) edges.push([index, index + 1 + ((index * 31) % 900)]);
    const byTarget = Map.groupBy(edges, ([, to]) => to);
    const { groups } = reluDrawing(10_000, byTarget);
    expect(groups[0]?.layers.flat().length).toBeGreaterThan(10_000);
    expect(groups[0]?.height).toBeGreaterThan(10_000 * 44);
  });
});

/** As `reluGraph`, without searching all edges for each node. */
function reluDrawing(count: number, byTarget: ReadonlyMap<number, [number, number][]>): GraphDrawing {
  const items = Array.from({ length: count }, (_, node) => ({ kind: "node" as const, node, group: null }));
  const edges = [...byTarget.values()].flat().map(([from, to]) => ({ value: from, from, to }));
  const group: OutlinedGroup = { kind: "scope", scope: 0, pattern: null, shape: null, operators: [], items, edges };
  return {
    groups: [
      layOutGroup(
        group,
        items.map(() => ({ width: 150, height: 44 })),
        (value) => value,
      ),
    ],
  };
}

test("stored pictures were laid out with these sizes: whoever changes one raises the version of the view", () => {
  const view = viewOf([
    { op: "Conv", inputs: ["x"], output: "a", attributes: { kernel_shape: "[3, 3]", strides: "[2, 2]" } },
    { op: "BatchNormalization", inputs: ["a"], output: "b", precision: "int8" },
    { op: "Add", inputs: ["b"], output: "y" },
  ]);
  const sizes = [...view.compact.groups[0]!.items, { kind: "group", group: 0 } as const].map((item) =>
    Object.values(foldedSize(view, item)),
  );
  expect({ version: view.version, sizes }).toEqual({
    version: 2,
    sizes: [
      [156, 44],
      [229, 44],
      [156, 44],
      [80, 28],
      [80, 28],
      [216, 52],
    ],
  });
});

describe("groups", () => {
  const nodes = 5;
  const view = reluGraph(nodes, [
    [0, 1],
    [1, 2],
    [2, 3],
    [3, 4],
  ]);

  /** Nodes 1 to 3 in a block: 1 → 2 → 3 with a way around, between 0 and 4. */
  function withBlock(): GraphView {
    const size = (group: OutlinedGroup): GraphGroup =>
      layOutGroup(
        group,
        group.items.map((item) => foldedSize(view, item)),
        (value) => value,
      );
    const common = { scope: null, shape: null, operators: [] };
    const value = (node: number): number => view.nodes[node]?.outputs[0] ?? 0;
    const root = size({
      ...common,
      kind: "scope",
      scope: 0,
      pattern: null,
      items: [
        { kind: "node", node: 0, group: null },
        { kind: "group", group: 1 },
        { kind: "node", node: 4, group: null },
      ],
      edges: [
        { value: value(0), from: 0, to: 1 },
        { value: value(3), from: 1, to: 2 },
      ],
    });
    const block = size({
      ...common,
      kind: "block",
      pattern: 0,
      items: [
        { kind: "node", node: 1, group: null },
        { kind: "node", node: 2, group: null },
        { kind: "node", node: 3, group: null },
        { kind: "entry", value: value(0) },
        { kind: "exit", value: value(3) },
      ],
      edges: [
        { value: value(0), from: 3, to: 0 },
        { value: value(0), from: 3, to: 2 },
        { value: value(1), from: 0, to: 1 },
        { value: value(2), from: 1, to: 2 },
        { value: value(3), from: 2, to: 4 },
      ],
    });
    return { ...view, compact: { groups: [root, block] } };
  }

  test("a folded block is one box; unfolded, what is inside stands inside it and the rest makes room", () => {
    const grouped = withBlock();
    const folded = sceneOf(grouped);
    expect(folded.boxes.map(({ key }) => key)).toEqual(["node-0", "group-1", "node-4"]);
    const open = sceneOf(grouped, [1]);
    const block = boxOf(open, "group-1");
    for (const node of [1, 2, 3]) {
      const inner = boxOf(open, `node-${node}`);
      expect([inner.x >= block.x, inner.y >= block.y, inner.x + inner.width <= block.x + block.width]).toEqual([true, true, true]);
      expect(inner.y + inner.height).toBeLessThanOrEqual(block.y + block.height);
    }
    expect(boxOf(open, "node-4").y).toBeGreaterThan(boxOf(folded, "node-4").y);
    expect([overlaps(open), astray(open)]).toEqual([[], 0]);
  });

  test("an edge into an unfolded block ends where the one inside begins", () => {
    const open = sceneOf(withBlock(), [1]);
    const index = open.boxes.findIndex(({ key }) => key === "group-1");
    const into = open.edges.find(({ to }) => to === index);
    const entry = open.boxes.find(({ item }) => item.kind === "entry");
    expect(into?.points.at(-1)).toEqual({ x: (entry?.x ?? 0) + (entry?.width ?? 0) / 2, y: entry?.y });
  });
});
