import type { Layerable } from "./layered.ts";

/**
 * The layer of each item: below everything that leads to it (longest path), so that every edge points down. What nothing leads to stands right
 * above what it leads to. Edges that would close a circle are taken as if they were not there.
 */
export function assignLayers({ sizes, edges, top, bottom }: Layerable): Int32Array {
  const count = sizes.length;
  const below: number[][] = Array.from({ length: count }, () => []);
  const open = new Int32Array(count);
  for (const { from, to } of edges) {
    below[from]?.push(to);
    open[to] = (open[to] ?? 0) + 1;
  }
  const isSource = open.map((edgesIn) => (edgesIn === 0 ? 1 : 0));
  const layers = new Int32Array(count);
  const order: number[] = [];
  for (let item = 0; item < count; item += 1) if (open[item] === 0) order.push(item);
  for (let next = 0; next < order.length; next += 1) {
    const item = order[next] ?? 0;
    for (const to of below[item] ?? []) {
      layers[to] = Math.max(layers[to] ?? 0, (layers[item] ?? 0) + 1);
      open[to] = (open[to] ?? 0) - 1;
      if (open[to] === 0) order.push(to);
    }
  }
  for (const item of order.toReversed()) {
    const targets = below[item] ?? [];
    if (isSource[item] !== 1 || top.has(item) || targets.length === 0) continue;
    layers[item] = Math.max(0, Math.min(...targets.map((to) => layers[to] ?? 0)) - 1);
  }
  const last = layers.reduce((most, layer, item) => (bottom.has(item) ? most : Math.max(most, layer)), -1);
  for (const item of bottom) layers[item] = Math.max(last + 1, layers[item] ?? 0);
  return layers;
}
