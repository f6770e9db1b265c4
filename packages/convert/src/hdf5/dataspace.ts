import { convertError } from "../errors.ts";
import type { ByteReader } from "./byte-reader.ts";

/** Sizes of a dataset or attribute, as they are and as they may become (null: without a limit). */
export interface Dataspace {
  readonly dims: readonly number[];
  readonly maxDims: readonly (number | null)[];
}

/** [] is a scalar, null is "no value". Source: HDF5 File Format Specification 3.0, IV.A.2.b */
export function readDataspace(reader: ByteReader): Dataspace | null {
  const version = reader.u8();
  const rank = reader.u8();
  const hasMax = (reader.u8() & 0x01) !== 0;
  if (version === 1) reader.skip(5);
  else if (version === 2) {
    if (reader.u8() === 2) return null;
  } else
    throw convertError("INVALID_GRAPH", `The HDF5 file has a dataspace of version ${version}, which does not exist. Save the model again.`);
  if (rank > 32) throw convertError("INVALID_GRAPH", `The HDF5 file has a dataset of ${rank} dimensions; 32 is the limit of the format.`);
  const dims = Array.from({ length: rank }, () => reader.length());
  const maxDims = hasMax ? dims.map(() => reader.lengthOrNull()) : dims;
  return { dims, maxDims };
}

/** @throws FlotillaError DIMENSION_OVERFLOW */
export function countElements(dims: readonly number[]): number {
  const count = dims.reduce((total, dim) => total * dim, 1);
  if (Number.isSafeInteger(count)) return count;
  throw convertError("DIMENSION_OVERFLOW", `The HDF5 file has a dataset of [${dims.join(", ")}], which is more than memory can hold.`);
}
