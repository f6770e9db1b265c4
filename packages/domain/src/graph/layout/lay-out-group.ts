import type { GraphEdge, GraphGroup } from "@flotilla/contracts";
import { addBends } from "./add-bends.ts";
import { assignLayers } from "./assign-layers.ts";
import type { Layerable, Size } from "./layered.ts";
import { orderLayers } from "./order-layers.ts";
import { placeCells, type Placement } from "./place-cells.ts";

/** A group that has not been laid out. */
export type OutlinedGroup = Omit<GraphGroup, "edges" | "layers" | "x" | "y" | "width" | "height"> & {
  edges: readonly Omit<GraphEdge, "bends">[];
};

/** Decides layers, order and places inside one group. `sourceOf` is the value in front of a quantised one: edges with one source share a path. */
export function layOutGroup(group: OutlinedGroup, sizes: readonly Size[], sourceOf: (value: number) => number): GraphGroup {
  const doors = (kind: string): Set<number> => new Set(group.items.flatMap((item, index) => (item.kind === kind ? index : [])));
  const graph: Layerable = {
    sizes,
    edges: group.edges.map(({ from, to, value }) => ({ from, to, value: sourceOf(value) })),
    top: doors("entry"),
    bottom: doors("exit"),
  };
  const layering = addBends(graph, assignLayers(graph));
  const layers = orderLayers(layering);
  const edges = group.edges.map((edge, index) => ({ ...edge, bends: [...(layering.bends[index] ?? [])] }));
  return { ...group, edges, layers, ...placeCells(layers, layering.links, sizes) };
}

/** Places a group anew when items have other sizes, because some are unfolded; layers and order stay. */
export function placeGroup(group: GraphGroup, sizes: readonly Size[]): Placement {
  return placeCells(group.layers, linksOf(group), sizes);
}

function linksOf({ edges, layers }: GraphGroup): (readonly [number, number])[] {
  const layerOf = new Map(layers.flatMap((layer, index) => layer.map((cell) => [cell, index] as const)));
  const links = new Map<string, readonly [number, number]>();
  for (const { from, to, bends } of edges) {
    const stops = [from, ...bends, to];
    for (const [index, upper] of stops.slice(0, -1).entries()) {
      const lower = stops[index + 1] ?? to;
      if ((layerOf.get(lower) ?? 0) - (layerOf.get(upper) ?? 0) === 1) links.set(`${upper} ${lower}`, [upper, lower]);
    }
  }
  return [...links.values()];
}
