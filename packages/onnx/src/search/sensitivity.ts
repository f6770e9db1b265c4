import { OnnxError } from "../errors.ts";
import type { OnnxModel } from "../graph/model.ts";
import { type Batches, type Feeds, floats, type ModelSession, type OpenModel, type Value } from "../correct/run-model.ts";
import { buildSwitchboard, type SwitchedLayer, type Switchboard } from "./switchboard.ts";

/** One layer's row: what it costs in accuracy to have it in integers. Decibels are 10·log10(signal / noise); null where there is no noise. */
export interface LayerSensitivity {
  readonly layer: string;
  readonly opType: string;
  readonly parameters: number;
  /** Noise power at the model's scores, relative to their signal, when this layer alone is quantised. What the ranking goes by. */
  readonly outputNoise: number;
  readonly outputSqnrDb: number | null;
  /** Of the layer's own output when everything is quantised: how much error has gathered up to here. */
  readonly layerSqnrDb: number | null;
}

export interface Sensitivity {
  /** The worst layer first; equal ones in the graph's order. */
  readonly rows: readonly LayerSensitivity[];
  /** With every layer quantised at once. */
  readonly totalNoise: number;
  readonly samples: number;
}

export interface SensitivityOptions {
  readonly open: OpenModel;
  /** A few samples; small batches keep memory low, since every layer's output is looked at. */
  readonly batches: Batches;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * What each layer's quantisation does to the model's scores, one layer at a time, in one session (see `buildSwitchboard`): about
 * samples × (layers + 2) runs. `quantised` is a variant of `model` whose layers kept their names. Simulated in float arithmetic: saturation of a
 * CPU without VNNI is not in these numbers.
 */
export async function measureSensitivity(model: OnnxModel, quantised: OnnxModel, options: SensitivityOptions): Promise<Sensitivity> {
  const board = buildSwitchboard(model, quantised);
  if (board.layers.length === 0)
    throw new OnnxError(
      "INVALID_INPUT",
      "The two models have no layer in common that is float in one and integer in the other. Quantise first.",
    );
  const sums = board.layers.map(() => new Power());
  const gathered = board.layers.map(() => new Power());
  const total = new Power();
  let samples = 0;
  const session = await options.open(board.bytes, { optimise: true });
  try {
    for await (const feeds of options.batches()) {
      samples += Object.values(feeds)[0]?.dims[0] ?? 1;
      await measureBatch(session, board, feeds, { sums, gathered, total }, options);
    }
  } finally {
    await session.release();
  }
  const rows = board.layers.map((layer, index) => rowOf(layer, sums[index] ?? new Power(), gathered[index] ?? new Power()));
  return { rows: rows.toSorted((a, b) => b.outputNoise - a.outputNoise), totalNoise: total.ratio(), samples };
}

interface Sums {
  readonly sums: readonly Power[];
  readonly gathered: readonly Power[];
  readonly total: Power;
}

async function measureBatch(
  session: ModelSession,
  board: Switchboard,
  feeds: Feeds,
  into: Sums,
  options: SensitivityOptions,
): Promise<void> {
  const { layers, scores } = board;
  const run = (on: (index: number) => boolean, wanted: readonly string[]): Promise<Readonly<Record<string, Value>>> => {
    options.signal?.throwIfAborted();
    const data = Uint8Array.from(layers, (_, index) => (on(index) ? 1 : 0));
    return session.run({ ...feeds, [board.switchInput]: { data, dims: [layers.length], bool: true } }, wanted);
  };
  const everything = [...new Set([...scores, ...layers.map((layer) => layer.output)])];
  const reference = await run(() => false, everything);
  const quantised = await run(() => true, everything);
  for (const score of scores) into.total.add(floats(reference, score), floats(quantised, score));
  for (const [index, layer] of layers.entries())
    into.gathered[index]?.add(floats(reference, layer.output), floats(quantised, layer.output));
  for (const index of layers.keys()) {
    const alone = await run((at) => at === index, scores);
    for (const score of scores) into.sums[index]?.add(floats(reference, score), floats(alone, score));
    options.onProgress?.(index + 1, layers.length);
  }
}

function rowOf(layer: SwitchedLayer, alone: Power, gathered: Power): LayerSensitivity {
  return {
    layer: layer.name,
    opType: layer.opType,
    parameters: layer.parameters,
    outputNoise: alone.ratio(),
    outputSqnrDb: alone.decibels(),
    layerSqnrDb: gathered.decibels(),
  };
}

/** Signal and noise power, summed over batches. A score that is NaN in either model counts as noise without bound. */
class Power {
  #signal = 0;
  #noise = 0;

  add(reference: Float32Array | null, other: Float32Array | null): void {
    if (reference === null || other === null) return;
    for (let at = 0; at < reference.length; at += 1) {
      const value = reference[at] ?? 0;
      const difference = value - (other[at] ?? Number.NaN);
      this.#signal += value * value;
      this.#noise += difference * difference;
    }
  }

  ratio(): number {
    if (Number.isNaN(this.#noise)) return Number.MAX_VALUE;
    return this.#noise === 0 ? 0 : Math.min(this.#noise / this.#signal, Number.MAX_VALUE);
  }

  decibels(): number | null {
    const ratio = this.ratio();
    return ratio === 0 ? null : -10 * Math.log10(ratio);
  }
}
