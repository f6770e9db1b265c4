import type { Layering } from "./layered.ts";

const SWEEPS = 6;

/**
 * The cells of each layer from left to right, with few crossings: sweeps down and up, each cell at the mean place of its neighbours (Sugiyama's
 * barycentre); the best of all sweeps is kept.
 */
export function orderLayers(layering: Layering): number[][] {
  const layers: number[][] = [];
  for (let cell = 0; cell < layering.cellCount; cell += 1) (layers[layering.layerOf[cell] ?? 0] ??= []).push(cell);
  for (let layer = 0; layer < layers.length; layer += 1) layers[layer] ??= [];
  const upper: number[][] = Array.from({ length: layering.cellCount }, () => []);
  const lower: number[][] = Array.from({ length: layering.cellCount }, () => []);
  for (const [above, below] of layering.links) {
    upper[below]?.push(above);
    lower[above]?.push(below);
  }
  const place = new Float64Array(layering.cellCount);
  for (const cells of layers) for (const [index, cell] of cells.entries()) place[cell] = index;
  let best = layers.map((cells) => [...cells]);
  let fewest = Infinity;
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep += 1) {
    const down = sweep % 2 === 0;
    for (let step = 1; step < layers.length; step += 1) {
      const layer = layers[down ? step : layers.length - 1 - step] ?? [];
      sortByNeighbours(layer, down ? upper : lower, place);
    }
    const crossings = countCrossings(layers, lower, place);
    if (crossings >= fewest) continue;
    fewest = crossings;
    best = layers.map((cells) => [...cells]);
  }
  return best;
}

/** Cells without a neighbour on that side keep the place that they have. */
function sortByNeighbours(layer: number[], neighbours: readonly (readonly number[])[], place: Float64Array): void {
  if (layer.length === 0) return;
  const wanted = new Map(
    layer.map((cell) => {
      const others = neighbours[cell] ?? [];
      const here = place[cell] ?? 0;
      return [cell, others.length === 0 ? here : others.reduce((sum, other) => sum + (place[other] ?? 0), 0) / others.length];
    }),
  );
  layer.sort((left, right) => (wanted.get(left) ?? 0) - (wanted.get(right) ?? 0) || (place[left] ?? 0) - (place[right] ?? 0));
  for (const [index, cell] of layer.entries()) place[cell] = index;
}

/** Crossings between neighbouring layers, counted with a Fenwick tree (Barth, Jünger, Mutzel, "Simple and efficient bilayer cross counting"). */
function countCrossings(layers: readonly (readonly number[])[], lower: readonly (readonly number[])[], place: Float64Array): number {
  let total = 0;
  for (const [index, layer] of layers.entries()) {
    const size = layers[index + 1]?.length ?? 0;
    if (layer.length < 2 || size < 2) continue;
    const tree = new Int32Array(size + 1);
    let seen = 0;
    for (const cell of layer) {
      const targets = (lower[cell] ?? []).map((other) => place[other] ?? 0).sort((a, b) => a - b);
      for (const target of targets) {
        let notRight = 0;
        for (let at = target + 1; at > 0; at -= at & -at) notRight += tree[at] ?? 0;
        total += seen - notRight;
      }
      for (const target of targets) for (let at = target + 1; at <= size; at += at & -at) tree[at] = (tree[at] ?? 0) + 1;
      seen += targets.length;
    }
  }
  return total;
}
