import type { GraphDrawing, GraphView } from "@flotilla/contracts";
import { groupOf } from "./scene.ts";

/** What is inside what, in one drawing. */
export interface Whereabouts {
  /** The group that holds each node. */
  readonly groupOfNode: ReadonlyMap<number, number>;
  /** The group around each group; none around the first. */
  readonly parentOfGroup: ReadonlyMap<number, number>;
}

export function locateNodes(drawing: GraphDrawing): Whereabouts {
  const groupOfNode = new Map<number, number>();
  const parentOfGroup = new Map<number, number>();
  for (const [index, group] of drawing.groups.entries()) {
    for (const item of group.items) {
      if (item.kind === "node") groupOfNode.set(item.node, index);
      const inside = groupOf(item);
      if (inside !== null) parentOfGroup.set(inside, index);
    }
  }
  return { groupOfNode, parentOfGroup };
}

/** A node of the file as this drawing shows it: one that is folded into another's edge is shown by that one. */
export function drawnNode(view: GraphView, drawing: GraphDrawing, node: number): number {
  let shown = node;
  for (let step = 0; drawing !== view.full && step < 4; step += 1) {
    const owner = view.nodes[shown]?.foldedInto;
    if (owner === undefined) break;
    shown = owner;
  }
  return shown;
}

/** The groups around a node, from the inside out: all have to be unfolded for it to be seen. The graph itself is not among them. */
export function groupsAround({ groupOfNode, parentOfGroup }: Whereabouts, node: number): number[] {
  const around: number[] = [];
  for (let group = groupOfNode.get(node); group !== undefined && group !== 0; group = parentOfGroup.get(group)) around.push(group);
  return around;
}

/** The key of the box that shows a node while these groups are unfolded: its own, or that of the outermost folded group around it. */
export function keyOfNode(whereabouts: Whereabouts, drawing: GraphDrawing, unfolded: ReadonlySet<number>, node: number): string {
  let key = `node-${node}`;
  for (const group of groupsAround(whereabouts, node)) {
    if (unfolded.has(group)) continue;
    key = keyOfFolded(whereabouts, drawing, group);
  }
  return key;
}

/** A group of bodies is folded into its node, not into a box of its own. */
function keyOfFolded({ parentOfGroup }: Whereabouts, drawing: GraphDrawing, group: number): string {
  const parent = parentOfGroup.get(group) ?? 0;
  const item = drawing.groups[parent]?.items.find((each) => groupOf(each) === group);
  return item?.kind === "node" ? `node-${item.node}` : `group-${group}`;
}

/** The nodes inside a group, at any depth, in their order. */
export function nodesInside(drawing: GraphDrawing, group: number): number[] {
  const items = drawing.groups[group]?.items ?? [];
  return items.flatMap((item) => {
    const inside = groupOf(item);
    const own = item.kind === "node" ? [item.node] : [];
    return inside === null ? own : [...own, ...nodesInside(drawing, inside)];
  });
}
