import { OnnxError } from "../errors.ts";
import type { Graph } from "../graph/graph.ts";
import { allGraphs, type OnnxModel } from "../graph/model.ts";
import type { Dim, TensorValueType } from "../graph/types.ts";
import { inferModel } from "../infer/infer-model.ts";

export interface DimensionBindings {
  /** A size for each symbolic dimension, by its name. */
  readonly symbols?: Readonly<Record<string, number>>;
  /** Whole shapes of inputs, for dimensions without a name. */
  readonly inputs?: Readonly<Record<string, readonly number[]>>;
}

/**
 * Before:     inputs with symbolic or unknown dimensions
 * After:      the bound ones are sizes, everywhere; shapes computed from them become constants in the clean-up
 * Conditions: sizes are positive; a shape has as many axes as the input and keeps the sizes that are fixed. Dimensions that are not bound stay
 * Bit-equal for inputs of that size; others are refused by runtimes afterwards.
 * @returns notes
 * @throws OnnxError INVALID_INPUT
 */
export function bindDimensions(model: OnnxModel, bindings: DimensionBindings): string[] {
  const sizes = new Map(Object.entries(bindings.symbols ?? {}));
  for (const [name, shape] of Object.entries(bindings.inputs ?? {})) readShape(model.graph, name, shape, sizes);
  for (const [symbol, size] of sizes) checkSize(symbol, size);
  const known = new Set(allGraphs(model.graph).flatMap((graph) => [...graph.types.values()].flatMap((type) => type.shape ?? [])));
  const unknown = [...sizes.keys()].filter((symbol) => !known.has(symbol));
  if (unknown.length > 0)
    throw new OnnxError("INVALID_INPUT", `The model has no dimension ${unknown.map((symbol) => JSON.stringify(symbol)).join(", ")}.`);
  for (const graph of allGraphs(model.graph)) for (const [name, type] of [...graph.types]) graph.types.set(name, bound(type, sizes));
  for (const [name, shape] of Object.entries(bindings.inputs ?? {})) {
    const type = model.graph.types.get(name);
    if (type !== undefined) model.graph.types.set(name, { elemType: type.elemType, shape });
  }
  inferModel(model);
  return [...sizes].map(([symbol, size]) => `The dimension ${symbol} is now ${size}.`);
}

function checkSize(what: string, size: number): void {
  if (!Number.isSafeInteger(size) || size < 1)
    throw new OnnxError("INVALID_INPUT", `The size ${size} of the dimension ${JSON.stringify(what)} is not a positive whole number.`);
}

/** What a shape says of the symbols of its input. */
function readShape(graph: Graph, name: string, shape: readonly number[], sizes: Map<string, number>): void {
  const declared = graph.inputs.includes(name) ? (graph.types.get(name)?.shape ?? null) : undefined;
  if (declared === undefined) throw new OnnxError("INVALID_INPUT", `The model has no input ${JSON.stringify(name)}.`);
  if (declared === null) return;
  const fits = declared.length === shape.length && declared.every((dim, axis) => typeof dim !== "number" || dim === shape[axis]);
  if (!fits)
    throw new OnnxError(
      "INVALID_INPUT",
      `The input ${JSON.stringify(name)} is ${declared.map((dim) => dim ?? "?").join(" × ")}; ${shape.join(" × ")} does not fit it.`,
    );
  for (const [axis, dim] of declared.entries()) {
    const size = shape[axis] ?? 0;
    checkSize(typeof dim === "string" ? dim : `${name}[${axis}]`, size);
    if (typeof dim === "string" && (sizes.get(dim) ?? size) !== size)
      throw new OnnxError("INVALID_INPUT", `The dimension ${JSON.stringify(dim)} cannot be both ${sizes.get(dim)} and ${size}.`);
    if (typeof dim === "string") sizes.set(dim, size);
  }
}

function bound(type: TensorValueType, sizes: ReadonlyMap<string, number>): TensorValueType {
  const replace = (dim: Dim): Dim => (typeof dim === "string" ? (sizes.get(dim) ?? dim) : dim);
  return { elemType: type.elemType, shape: type.shape?.map(replace) ?? null };
}
