import type { OnnxModel } from "../../graph/model.ts";
import { floatTensor, type Tensor } from "../../graph/tensor.ts";
import { inBody } from "./bodies.ts";
import { Random } from "./random.ts";
import { STEPS } from "./random-steps.ts";
import { Sketch } from "./sketch.ts";

/** Puts what a pass looks for, or almost that, into a graph. */
export type Plant = (sketch: Sketch) => unknown;

export interface Generated {
  readonly model: OnnxModel;
  readonly feeds: ReadonlyMap<string, Tensor>;
  /** What a value holds for those feeds, in a Loop or Scan the first time round. */
  readonly sample: (name: string) => Tensor;
  /** The size that each symbol stands for in the feeds. */
  readonly symbols: Readonly<Record<string, number>>;
}

export const OPSETS = [11, 13, 17, 18, 21];

const SHAPES: readonly (readonly number[])[] = [
  [2, 3],
  [3, 4],
  [1, 4],
  [2, 3, 4],
  [1, 3, 5],
  [1, 2, 4, 4],
  [2, 3, 4, 3],
  [1, 4, 1, 3],
  [1, 6, 1, 1],
  [4],
];

/** A valid model with what `plant` makes in it once or twice, in a third of the cases inside an If, Loop or Scan. */
export function generateModel(seed: number, plant: Plant, opsets: readonly number[] = OPSETS): Generated {
  const random = new Random(seed);
  const sketch = new Sketch(random, random.pick(opsets));
  const symbols: Record<string, number> = {};
  for (let count = random.int(1, 2); count > 0; count -= 1) {
    const dims = random.pick(SHAPES);
    const symbol = random.chance(0.45) ? `n${dims[0]}` : null;
    if (symbol !== null) symbols[symbol] = dims[0] ?? 1;
    sketch.input(floatTensor(dims, random.floats(dims.reduce((total, dim) => total * dim, 1))), symbol);
  }
  steps(sketch, random.int(0, 3));
  planted(sketch, plant);
  steps(sketch, random.int(0, 3));
  if (random.chance(0.3)) planted(sketch, plant);
  if (sketch.graph.nodeCount === 0) sketch.one("Tanh", [sketch.any()]);
  sketch.close();
  const feeds = new Map(sketch.graph.inputs.map((name) => [name, sketch.sample(name)]));
  return { model: sketch.model(), feeds, symbols, sample: (name) => sketch.sample(name) };
}

function steps(sketch: Sketch, count: number): void {
  for (let step = 0; step < count; step += 1) sketch.random.pick(STEPS)(sketch);
}

function planted(sketch: Sketch, plant: Plant): void {
  if (!sketch.random.chance(0.33)) {
    plant(sketch);
    return;
  }
  inBody((body) => {
    steps(body, body.random.int(0, 2));
    plant(body);
    steps(body, body.random.int(0, 1));
  })(sketch);
}
