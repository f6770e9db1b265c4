import { FlotillaError } from "@flotilla/contracts";
import type { NamedArray } from "../data-sets/read-arrays.ts";

/** What an array may be called besides the tensor's own name, where the model has one input or one output only: nothing else can be meant. */
const ALIASES = { input: ["input", "inputs", "x"], output: ["output", "outputs", "y"] } as const;

/**
 * The array of each of a model's inputs or outputs, found by its name; in the order of `names`. Arrays that nothing asks for are left alone.
 * @throws FlotillaError REFERENCE_NAMES with everything that is missing at once
 */
export function findArrays(arrays: readonly NamedArray[], names: readonly string[], side: keyof typeof ALIASES): NamedArray[] {
  const accepted = (name: string): readonly string[] => [name, ...(names.length === 1 ? ALIASES[side] : [])];
  const found = names.map((name) => {
    const candidates = accepted(name).map((candidate) => arrays.find((array) => array.name === candidate));
    return candidates.find((array) => array !== undefined);
  });
  const missing = names.filter((_, index) => found[index] === undefined);
  if (missing.length > 0) {
    const [lacks, holds] = [list(missing), arrays.length === 0 ? "no array" : list(arrays.map(({ name }) => name))];
    throw new FlotillaError(
      "REFERENCE_NAMES",
      `No array for the model's ${side}${missing.length === 1 ? "" : "s"} ${lacks}: the file holds ${holds}. Name each array as the model names its ${side}.`,
    );
  }
  return found.filter((array) => array !== undefined);
}

const SHOWN = 12;

function list(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).map((name) => JSON.stringify(name));
  return names.length > SHOWN ? `${shown.join(", ")} and ${names.length - SHOWN} more` : shown.join(", ");
}

/** "(samples, 28, 28, 1)": what an array should have. -1 stands for a size that the model leaves open. */
export function describeShape(shape: readonly number[]): string {
  const rest = shape.slice(1).map((size) => (size < 0 ? "any" : String(size)));
  const first = shape[0] === undefined || shape[0] <= 1 ? "samples" : `samples × ${shape[0]}`;
  return `(${[first, ...rest].join(", ")})`;
}
