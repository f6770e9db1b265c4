import { FlotillaError } from "@flotilla/contracts";
import type { NpyData } from "@flotilla/validate/npy";
import { ELEMENT_ARRAYS } from "../runtime/element-arrays.ts";
import type { TypedArray } from "./value.ts";

/**
 * Values as an input of another element type takes them, where that loses nothing that matters: any number for a float, integers in its range for an
 * integer, 0 and 1 for a bool.
 * @throws FlotillaError REFERENCE_TYPES with the array's name
 */
export function castValues(values: NpyData, type: string, name: string): TypedArray {
  const create = ELEMENT_ARRAYS[type];
  if (create === undefined) throw wrongType(`The model's input for "${name}" is ${type}, which no array of the file can be given to.`);
  const cast = create(values.length);
  if (type.startsWith("float")) {
    for (let index = 0; index < values.length; index += 1) cast[index] = Number(values[index]);
    return cast;
  }
  if (isFloatData(values))
    throw wrongType(`"${name}" holds ${typeOf(values)}, and the model takes ${type}. Save the integers that the model was run on.`);
  const toInteger = cast instanceof BigInt64Array || cast instanceof BigUint64Array ? BigInt : Number;
  for (let index = 0; index < values.length; index += 1) {
    const value = toInteger(values[index] ?? 0);
    cast[index] = value;
    // What wrapped around is out of range.
    if (cast[index] !== value || (type === "bool" && value > 1))
      throw wrongType(
        `"${name}" holds ${value}, which is no ${type}; the model takes ${type}. Save the integers that the model was run on.`,
      );
  }
  return cast;
}

export function isFloatData(data: TypedArray): boolean {
  return data instanceof Float32Array || data instanceof Float64Array;
}

/** "float32", as NumPy says it. */
export function typeOf(data: TypedArray): string {
  return data.constructor.name.replace(/^Big/, "").replace("Array", "").toLowerCase();
}

function wrongType(sentence: string): FlotillaError {
  return new FlotillaError("REFERENCE_TYPES", sentence);
}
