import { bindDimensions, inferModel, type OnnxModel, opsetOf, simplify, upgradeOpset } from "@flotilla/onnx";
import { convertError } from "../errors.ts";
import { foldWeights } from "./fold-weights.ts";

/** From here on the axes of reductions are inputs and Softmax works along one axis. */
const OPSET = 18;

/**
 * Brings a model into the form that the rules expect: fixed shapes, operator set 18 or newer, cleaned up. A first dimension without a size is taken as a batch of one.
 * Changes `model`.
 * @throws FlotillaError INVALID_INPUT naming every dimension that has no size, OnnxError UNSUPPORTED_OPSET
 */
export function prepareModel(model: OnnxModel, dimensions: Readonly<Record<string, number>>): string[] {
  const notes = bindAll(model, dimensions);
  if (opsetOf(model) < OPSET) notes.push(...upgradeOpset(model, OPSET));
  simplify(model);
  foldWeights(model);
  inferModel(model);
  return notes;
}

function bindAll(model: OnnxModel, dimensions: Readonly<Record<string, number>>): string[] {
  const { graph } = model;
  const symbols: Record<string, number> = {};
  const inputs: Record<string, number[]> = {};
  const missing = new Set<string>();
  for (const input of graph.inputs) {
    const shape = graph.typeOf(input)?.shape ?? null;
    if (shape === null) {
      missing.add(`the shape of ${JSON.stringify(input)}`);
      continue;
    }
    if (shape.every((dim) => typeof dim === "number")) continue;
    inputs[input] = shape.map((dim, axis) => {
      if (typeof dim === "number") return dim;
      const size = typeof dim === "string" ? dimensions[dim] : undefined;
      if (size !== undefined) return size;
      if (axis !== 0) missing.add(typeof dim === "string" ? JSON.stringify(dim) : `axis ${axis} of ${JSON.stringify(input)}`);
      return 1;
    });
  }
  if (missing.size > 0)
    throw convertError(
      "INVALID_INPUT",
      `TFLite needs fixed shapes; these have no size: ${[...missing].join(", ")}. Give each a size in the recipe.`,
    );
  const known = new Set([...graph.types.values()].flatMap((type) => type.shape ?? []));
  for (const [name, size] of Object.entries(dimensions)) if (known.has(name)) symbols[name] = size;
  return bindDimensions(model, { symbols, inputs });
}
