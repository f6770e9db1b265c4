import { OnnxError } from "../errors.ts";
import { allGraphs, type OnnxModel, opsetOf } from "../graph/model.ts";
import { cloneModel } from "../correct/layers.ts";
import { bindInputs, type InputBindings } from "../passes/bind-inputs.ts";
import { simplify } from "../passes/simplify.ts";
import { upgradeOpset } from "../passes/upgrade-opset.ts";

/** HardSwish and LayerNormalization are single operators from here on: one rounding instead of four, and a kernel of their own. */
const MODERN_OPSET = 17;
const LAYERS = ["Conv", "ConvTranspose", "Gemm", "MatMul", "LSTM", "GRU", "RNN"];

/** What was done to a model before its candidates are built; a recipe does the same again. */
export interface PreparedSource {
  readonly model: OnnxModel;
  /** null: it had that operator set, or cannot be raised to it. */
  readonly opset: number | null;
  /** What the inputs were bound to; null: nothing had to be. */
  readonly bindings: InputBindings | null;
}

/**
 * Simplifies a model for quantisation. Layers inside of If and Loop bodies cannot be calibrated: where there are some, and shapes or values that the data
 * always has (`known`) decide the branches, the inputs are bound to those.
 */
export function prepareSource(source: OnnxModel, known: InputBindings = {}): PreparedSource {
  const plain = prepare(cloneModel(source));
  const hidden = hiddenLayers(plain.model);
  if (hidden === 0) return { ...plain, bindings: null };
  const model = cloneModel(source);
  bindInputs(model, known);
  const bound = prepare(model);
  return hiddenLayers(bound.model) < hidden ? { ...bound, bindings: known } : { ...plain, bindings: null };
}

function prepare(model: OnnxModel): Pick<PreparedSource, "model" | "opset"> {
  const before = opsetOf(model);
  try {
    upgradeOpset(model, MODERN_OPSET);
  } catch (error) {
    // An older set does as well: quantisation raises it as far as it needs.
    if (!(error instanceof OnnxError)) throw error;
  }
  simplify(model);
  return { model, opset: opsetOf(model) === before ? null : MODERN_OPSET };
}

/** Layers that stand inside of another node's body. */
function hiddenLayers({ graph }: OnnxModel): number {
  const inside = allGraphs(graph).slice(1);
  return inside.reduce((total, body) => total + body.nodes.filter((node) => node.is(...LAYERS)).length, 0);
}
