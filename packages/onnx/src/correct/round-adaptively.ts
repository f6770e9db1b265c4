import type { OnnxModel } from "../graph/model.ts";
import { float32View, floatTensor } from "../graph/tensor.ts";
import { type IntegerWeights, integerWeights } from "./dequantise-weights.ts";
import { cloneModel, type Layer, listLayers, replaceConstant } from "./layers.ts";
import { type InputProducts, measureInputProducts } from "./measure-input-products.ts";
import type { Batches, OpenModel } from "./run-model.ts";

export interface RoundOptions {
  readonly open: OpenModel;
  /** 16 to 64 samples. */
  readonly batches: Batches;
  /** Quantises the model that it is given and returns it. */
  readonly quantise: (model: OnnxModel) => OnnxModel;
  /**
   * Multiplications that may be spent, in all; layers that no longer fit are left as they are. Not seconds, because the same input must give the same
   * file. Default 2·10⁹, some three seconds.
   */
  readonly maxWork?: number;
  readonly signal?: AbortSignal;
}

/** Squared error of the layer's output over the calibration data, summed, with nearest rounding and now. */
export interface RoundedLayer {
  readonly layer: string;
  readonly nearest: number;
  readonly adaptive: number;
  readonly changed: number;
}

/** Larger patches would need matrices of more than 32 MB. */
const LARGEST_SIZE = 2048;
const SWEEPS = 8;

/**
 * Adaptive rounding: up or down per weight, by what the layer's output makes of it (Nagel et al., Up or Down? Adaptive Rounding for Post-Training
 * Quantization, 2020, arXiv 2004.10568).
 *
 * Before:     ŵ = s · round(w / s), each weight on its own
 * After:      ŵ = s · (⌊w / s⌋ + h), h ∈ {0, 1}, with Σ‖(w − ŵ) · x‖² over the calibration data no larger, nearly always smaller
 * Conditions: Conv, Gemm or MatMul with integer weights; the largest weight of each channel stays, so that the scale does
 *
 * The paper relaxes h to (0, 1) and trains it. The layer-wise loss is the quadratic form eᵀ·H·e with H = Σ x·xᵀ, so we measure H once in the runtime
 * and flip single weights while that lowers the form: no learning rate, no seed, the same file each time.
 *
 * It helps with few bits: 4-bit weights, per-tensor scales, 7 bits. With 8 bits per channel, rounding is no longer what limits a layer, and
 * bias correction, which is a hundred times cheaper, already takes the part that matters. Correct biases after it, not before.
 */
export async function roundAdaptively(model: OnnxModel, names: readonly string[], options: RoundOptions): Promise<RoundedLayer[]> {
  const quantised = options.quantise(cloneModel(model));
  const nodes = new Map(quantised.graph.nodes.map((node) => [node.name, node]));
  let work = options.maxWork ?? 2e9;
  const chosen = names.flatMap((name) => {
    const layer = listLayers(model.graph).find((found) => found.name === name && found.node.is("Conv", "Gemm", "MatMul"));
    const node = nodes.get(name);
    const integers = layer === undefined || node === undefined ? null : integerWeights(quantised.graph, node);
    if (layer === undefined || node === undefined || integers === null) return [];
    const size = integers.integers.length / layer.layout.outputs;
    const needed = size * integers.integers.length;
    if (size > LARGEST_SIZE || needed > work) return [];
    work -= needed;
    return [{ layer, node, integers, weightDims: integers.dims }];
  });
  if (chosen.length === 0) return [];
  const products = await measureInputProducts(quantised, chosen, options);
  return chosen.flatMap(({ layer, integers }) => {
    const measured = products.get(layer.name);
    return measured === undefined ? [] : [roundLayer(model, layer, integers, measured)];
  });
}

function roundLayer(model: OnnxModel, layer: Layer, integers: IntegerWeights, products: InputProducts): RoundedLayer {
  const weights = float32View(layer.weight);
  const rounded = Float64Array.from(integers.integers);
  let [nearest, adaptive, changed] = [0, 0, 0];
  const perGroup = layer.layout.outputs / products.groups;
  for (const [output, flats] of weightsOf(layer, products.size).entries()) {
    const group = Math.floor(output / perGroup);
    const matrix = products.values.subarray(group * products.size ** 2, (group + 1) * products.size ** 2);
    const result = roundOutput(weights, rounded, integers, flats, matrix);
    nearest += result.before;
    adaptive += result.after;
    changed += result.flips;
  }
  const values = rounded.map((value, flat) => (value - integers.zeroOf(flat)) * integers.scaleOf(flat));
  replaceConstant(model.graph, layer.node, 1, floatTensor(layer.weight.dims, values));
  return { layer: layer.name, nearest, adaptive, changed };
}

/** Per output: the flat indexes of its weights, in the order of the products' rows. */
function weightsOf({ layout, weight }: Layer, size: number): Uint32Array[] {
  const flats = Array.from({ length: layout.outputs }, () => new Uint32Array(size));
  const next = new Uint32Array(layout.outputs);
  for (let flat = 0; flat < weight.bytes.byteLength / 4; flat += 1) {
    const output = layout.outputOf(flat);
    const list = flats[output];
    if (list !== undefined) list[next[output] ?? 0] = flat;
    next[output] = (next[output] ?? 0) + 1;
  }
  return flats;
}

/** Flips single weights of one output to their other neighbour while eᵀ·H·e falls. */
function roundOutput(
  weights: Float32Array,
  rounded: Float64Array,
  integers: IntegerWeights,
  flats: Uint32Array,
  matrix: Float64Array,
): { before: number; after: number; flips: number } {
  const size = flats.length;
  const errors = Float64Array.from(
    flats,
    (flat) => (weights[flat] ?? 0) - ((rounded[flat] ?? 0) - integers.zeroOf(flat)) * integers.scaleOf(flat),
  );
  const gradient = new Float64Array(size);
  for (let row = 0; row < size; row += 1) {
    let sum = 0;
    for (let column = 0; column < size; column += 1) sum += (matrix[row * size + column] ?? 0) * (errors[column] ?? 0);
    gradient[row] = sum;
  }
  const before = dot(errors, gradient);
  const own = Array.from(flats, (flat) => rounded[flat] ?? 0);
  const [lowest, highest] = [own.reduce((a, b) => Math.min(a, b), Infinity), own.reduce((a, b) => Math.max(a, b), -Infinity)];
  let flips = 0;
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    let improved = false;
    for (const [at, flat] of flats.entries()) {
      const integer = rounded[flat] ?? 0;
      const error = errors[at] ?? 0;
      const step = flipOf(own[at] ?? 0, integer, error);
      const next = integer + step;
      // The ends of the channel's range give it its scale.
      if (step === 0 || own[at] === lowest || own[at] === highest || next <= lowest || next >= highest) continue;
      const change = -step * integers.scaleOf(flat);
      if (2 * change * (gradient[at] ?? 0) + change * change * (matrix[at * size + at] ?? 0) >= -1e-12 * before) continue;
      rounded[flat] = next;
      errors[at] = error + change;
      for (let row = 0; row < size; row += 1) gradient[row] = (gradient[row] ?? 0) + change * (matrix[row * size + at] ?? 0);
      flips += 1;
      improved = true;
    }
    if (!improved) break;
  }
  return { before, after: dot(errors, gradient), flips };
}

/** Towards the real value from the nearest integer, or back to it. */
function flipOf(nearest: number, integer: number, error: number): number {
  return integer === nearest ? Math.sign(error) : nearest - integer;
}

function dot(left: Float64Array, right: Float64Array): number {
  return left.reduce((sum, value, at) => sum + value * (right[at] ?? 0), 0);
}
