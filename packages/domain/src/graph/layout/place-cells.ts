import type { Size } from "./layered.ts";

/** Pixels of a picture at its natural size. */
const ITEM_GAP = 28;
const BEND_GAP = 14;
const LAYER_GAP = 34;
/** An edge that goes far to the side needs room to do so. */
const SLOPE = 0.14;
const MAX_LAYER_GAP = 96;
const SWEEPS = 8;
/** How much a cell wants to stand straight below its neighbour: two bends of one edge most of all. */
const WEIGHTS = { items: 3, mixed: 1, bends: 8 } as const;
/** Who gives way where two cells want the same place: one that wants nothing, else the bend. */
const INERTIA = { item: 1, bend: 0.1, idle: 0.02 } as const;

export interface Placement {
  /** Centre of each cell. */
  readonly x: number[];
  /** Upper edge of each layer. */
  readonly y: number[];
  readonly width: number;
  readonly height: number;
}

type Neighbour = readonly [cell: number, weight: number];

/**
 * Gives cells their coordinates: layers one below the other, in a layer the given order, no two items overlapping, each as near to its neighbours
 * as that allows. `sizes` are those of the items; cells behind them are bends and have no width. Linear in cells and links.
 */
export function placeCells(
  layers: readonly (readonly number[])[],
  links: readonly (readonly [number, number])[],
  sizes: readonly Size[],
): Placement {
  const count = layers.reduce((total, layer) => total + layer.length, 0);
  const x = new Float64Array(count);
  const upper: Neighbour[][] = Array.from({ length: count }, () => []);
  const lower: Neighbour[][] = Array.from({ length: count }, () => []);
  for (const [above, below] of links) {
    const bends = Number(above >= sizes.length) + Number(below >= sizes.length);
    const weight = bends === 2 ? WEIGHTS.bends : bends === 1 ? WEIGHTS.mixed : WEIGHTS.items;
    upper[below]?.push([above, weight]);
    lower[above]?.push([below, weight]);
  }
  const offsets = layers.map((layer) => separations(layer, sizes));
  for (const [index, layer] of layers.entries()) settle(layer, offsets[index] ?? [], x, sizes.length, () => null);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const down = sweep % 2 === 0;
    for (let step = 0; step < layers.length; step += 1) {
      const index = down ? step : layers.length - 1 - step;
      settle(layers[index] ?? [], offsets[index] ?? [], x, sizes.length, (cell) => medianOf((down ? upper : lower)[cell] ?? [], x));
    }
  }
  return { ...roundOff(layers, offsets, x, sizes), ...stack(layers, links, x, sizes) };
}

/** Distance of each cell's centre from that of the first one, if all stand as close as they may. */
function separations(layer: readonly number[], sizes: readonly Size[]): number[] {
  let at = 0;
  return layer.map((cell, index) => {
    if (index === 0) return 0;
    const previous = layer[index - 1] ?? cell;
    const gap = cell >= sizes.length || previous >= sizes.length ? BEND_GAP : ITEM_GAP;
    at += ((sizes[previous]?.width ?? 0) + (sizes[cell]?.width ?? 0)) / 2 + gap;
    return Math.ceil(at);
  });
}

/** The middle of the neighbours by weight; of two equal ones their mean. */
function medianOf(neighbours: readonly Neighbour[], x: Float64Array): number | null {
  if (neighbours.length === 0) return null;
  const sorted = neighbours.map(([cell, weight]) => [x[cell] ?? 0, weight] as const).sort((left, right) => left[0] - right[0]);
  const half = sorted.reduce((sum, [, weight]) => sum + weight, 0) / 2;
  let seen = 0;
  for (const [index, [at, weight]] of sorted.entries()) {
    seen += weight;
    if (seen === half) return (at + (sorted[index + 1]?.[0] ?? at)) / 2;
    if (seen > half) return at;
  }
  return null;
}

/**
 * Moves the cells of a layer to where they want to be, as little away from it as their order and distances allow: isotonic regression by pooling
 * adjacent violators (Barlow et al.), on positions less separations.
 */
function settle(
  layer: readonly number[],
  offsets: readonly number[],
  x: Float64Array,
  itemCount: number,
  wanted: (cell: number) => number | null,
): void {
  const pools: { sum: number; weight: number; count: number }[] = [];
  for (const [index, cell] of layer.entries()) {
    const goal = wanted(cell);
    const weight: number = goal === null ? INERTIA.idle : cell < itemCount ? INERTIA.item : INERTIA.bend;
    let pool = { sum: ((goal ?? x[cell] ?? 0) - (offsets[index] ?? 0)) * weight, weight, count: 1 };
    for (let last = pools.at(-1); last !== undefined && last.sum / last.weight > pool.sum / pool.weight; last = pools.at(-1)) {
      pools.pop();
      pool = { sum: last.sum + pool.sum, weight: last.weight + pool.weight, count: last.count + pool.count };
    }
    pools.push(pool);
  }
  let index = 0;
  for (const { sum, weight, count } of pools) {
    for (let member = 0; member < count; member += 1) {
      x[layer[index] ?? 0] = sum / weight + (offsets[index] ?? 0);
      index += 1;
    }
  }
}

/** Whole pixels from the left edge on; rounding may not push two cells into each other. */
function roundOff(
  layers: readonly (readonly number[])[],
  offsets: readonly (readonly number[])[],
  x: Float64Array,
  sizes: readonly Size[],
): Pick<Placement, "x" | "width"> {
  let least = Infinity;
  for (const [cell, at] of x.entries()) least = Math.min(least, at - (sizes[cell]?.width ?? 0) / 2);
  const left = Number.isFinite(least) ? least : 0;
  const rounded: number[] = Array.from(x, () => 0);
  let width = 0;
  for (const [index, layer] of layers.entries()) {
    let previous = -Infinity;
    for (const [place, cell] of layer.entries()) {
      const distance = (offsets[index]?.[place] ?? 0) - (offsets[index]?.[place - 1] ?? 0);
      previous = Math.max(Math.round((x[cell] ?? 0) - left), previous + distance);
      rounded[cell] = previous;
      width = Math.max(width, Math.ceil(previous + (sizes[cell]?.width ?? 0) / 2));
    }
  }
  return { x: rounded, width };
}

function stack(
  layers: readonly (readonly number[])[],
  links: readonly (readonly [number, number])[],
  x: Float64Array,
  sizes: readonly Size[],
): Pick<Placement, "y" | "height"> {
  const layerOf = new Int32Array(x.length);
  for (const [index, layer] of layers.entries()) for (const cell of layer) layerOf[cell] = index;
  const widest = new Float64Array(layers.length);
  for (const [above, below] of links) {
    const layer = layerOf[above] ?? 0;
    widest[layer] = Math.max(widest[layer] ?? 0, Math.abs((x[above] ?? 0) - (x[below] ?? 0)));
  }
  const y: number[] = [];
  let at = 0;
  for (const [index, layer] of layers.entries()) {
    y.push(at);
    const height = layer.reduce((most, cell) => Math.max(most, sizes[cell]?.height ?? 0), 0);
    const gap = index === layers.length - 1 ? 0 : Math.min(MAX_LAYER_GAP, Math.max(LAYER_GAP, Math.round((widest[index] ?? 0) * SLOPE)));
    at += height + gap;
  }
  return { y, height: at };
}
