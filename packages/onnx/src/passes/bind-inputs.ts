import { OnnxError } from "../errors.ts";
import { bitsPerElement, DataType } from "../graph/data-types.ts";
import type { OnnxModel } from "../graph/model.ts";
import { elementCount, tensorFromNumbers } from "../graph/tensor.ts";
import { bindDimensions } from "./bind-dimensions.ts";

export interface InputBindings {
  /** Whole shapes of inputs. */
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
  /** The only value that an input will ever have, flat. */
  readonly values?: Readonly<Record<string, readonly number[]>>;
}

/**
 * Before:     y = If(sr == 16000) { … } else { … }, inputs of any size
 * After:      the same with sr as a constant and inputs of the given shapes; the clean-up then takes the branches apart
 * Conditions: shapes fit the inputs; a bound input has numbers or truth values and as many values as its shape asks for. It stays an input, so that
 * callers feed what they fed before, but nothing reads it
 * Bit-equal for inputs of those shapes and values; wrong for any others, so it is for a person to choose or to be told.
 * @returns notes
 * @throws OnnxError INVALID_INPUT
 */
export function bindInputs(model: OnnxModel, bindings: InputBindings): string[] {
  const { shapes = {}, values = {} } = bindings;
  const notes = bindDimensions(model, { inputs: shapes });
  for (const [name, numbers] of Object.entries(values)) {
    bindValue(model, name, numbers);
    notes.push(`The input ${name} is taken to be ${numbers.join(", ")}, always.`);
  }
  return notes;
}

function bindValue(model: OnnxModel, name: string, values: readonly number[]): void {
  const { graph } = model;
  const type = graph.inputs.includes(name) ? graph.typeOf(name) : null;
  const shape = type?.shape?.map((dim) => (typeof dim === "number" ? dim : values.length)) ?? null;
  if (type === null || shape === null)
    throw new OnnxError("INVALID_INPUT", `The model has no input ${JSON.stringify(name)} with a known shape.`);
  if (type.elemType === DataType.STRING || bitsPerElement(type.elemType) === null || elementCount(shape) !== values.length)
    throw new OnnxError("INVALID_INPUT", `The input ${JSON.stringify(name)} cannot be bound to ${values.length} numbers.`);
  const constant = graph.addConstant(tensorFromNumbers(type.elemType, shape, values), "bound");
  graph.replaceUses(name, constant);
}
