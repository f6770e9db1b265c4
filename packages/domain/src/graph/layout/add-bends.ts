import type { Layerable, Layering } from "./layered.ts";

/** So many bends for each item are affordable; the longest edges beyond that are drawn straight. */
const BENDS_PER_ITEM = 4;
const BENDS_AT_LEAST = 20_000;

interface Trunk {
  readonly from: number;
  readonly value: number;
  readonly edges: number[];
  until: number;
}

/**
 * Gives each edge that passes layers a bend in each of them, so that ordering and placing see it. Edges that carry one value from one item share their
 * bends and part where they must.
 */
export function addBends(graph: Layerable, itemLayers: Int32Array): Layering {
  const layerAt = (item: number): number => itemLayers[item] ?? 0;
  const layers = [...itemLayers];
  const bends: number[][] = graph.edges.map(() => []);
  const links: [number, number][] = [];
  const linked = new Set<number>();
  const link = (upper: number, lower: number): void => {
    const key = upper * 0x4000000 + lower;
    if (linked.has(key)) return;
    linked.add(key);
    links.push([upper, lower]);
  };
  let budget = Math.max(BENDS_AT_LEAST, graph.sizes.length * BENDS_PER_ITEM);
  for (const trunk of trunksOf(graph, layerAt)) {
    const from = layerAt(trunk.from);
    const needed = Math.max(0, trunk.until - from - 1);
    const affordable = needed <= budget;
    if (affordable) budget -= needed;
    const path = affordable ? Array.from({ length: needed }, (_, step) => layers.push(from + 1 + step) - 1) : [];
    for (const edge of trunk.edges) {
      const to = graph.edges[edge]?.to ?? 0;
      const steps = layerAt(to) - from - 1;
      if (steps > 0 && !affordable) continue;
      const own = path.slice(0, Math.max(0, steps));
      bends[edge] = own;
      const stops = [trunk.from, ...own, to];
      for (const [index, upper] of stops.slice(0, -1).entries()) if (steps >= 0) link(upper, stops[index + 1] ?? to);
    }
  }
  return { cellCount: layers.length, layerOf: Int32Array.from(layers), bends, links };
}

/** The edges that carry one value from one item, together; short ones first. */
function trunksOf({ edges }: Layerable, layerAt: (item: number) => number): Trunk[] {
  const trunks = new Map<string, Trunk>();
  for (const [index, { from, to, value }] of edges.entries()) {
    const key = `${from} ${value}`;
    const trunk = trunks.get(key) ?? { from, value, edges: [], until: 0 };
    trunk.edges.push(index);
    trunk.until = Math.max(trunk.until, layerAt(to));
    trunks.set(key, trunk);
  }
  const length = (trunk: Trunk): number => trunk.until - layerAt(trunk.from);
  return [...trunks.values()].sort((left, right) => length(left) - length(right));
}
