import { convertError } from "../errors.ts";
import type { ByteReader } from "./byte-reader.ts";

/** How one element is stored. Sizes are bytes. */
export type Datatype =
  | { readonly kind: "integer"; readonly size: number; readonly signed: boolean; readonly bigEndian: boolean }
  | { readonly kind: "float"; readonly size: number; readonly bigEndian: boolean; readonly exponentBits: number }
  | { readonly kind: "string"; readonly size: number }
  | { readonly kind: "opaque"; readonly size: number }
  | { readonly kind: "text"; readonly size: number }
  | { readonly kind: "sequence"; readonly size: number; readonly base: Datatype }
  | { readonly kind: "other"; readonly size: number; readonly name: string };

const OTHER = ["", "", "time", "", "bit field", "", "compound", "reference", "", "", "array"];

/**
 * Reads a datatype message. `text` is a string of variable length, `string` one of a fixed length padded with zeros.
 * Source: HDF5 File Format Specification 3.0, IV.A.2.d
 */
export function readDatatype(reader: ByteReader, depth = 0): Datatype {
  if (depth > 8)
    throw convertError("TOO_DEEP", "The HDF5 file nests a datatype more than 8 deep; no Keras model does. Save the model again.");
  const type = reader.u8() & 0x0f;
  const flags = reader.u8();
  reader.skip(2);
  const size = reader.u32();
  if (type === 0) return integer(reader, size, flags);
  if (type === 1) return float(reader, size, flags);
  if (type === 3) return { kind: "string", size };
  if (type === 5) return { kind: "opaque", size };
  // An enumeration is what h5py writes for booleans: the integer below it is all that is needed.
  if (type === 8) return readDatatype(reader, depth + 1);
  if (type === 9) return (flags & 0x0f) === 1 ? { kind: "text", size } : { kind: "sequence", size, base: readDatatype(reader, depth + 1) };
  return { kind: "other", size, name: OTHER[type] ?? `class ${type}` };
}

function integer(reader: ByteReader, size: number, flags: number): Datatype {
  reader.skip(4);
  return { kind: "integer", size, signed: (flags & 0x08) !== 0, bigEndian: (flags & 0x01) !== 0 };
}

function float(reader: ByteReader, size: number, flags: number): Datatype {
  reader.skip(5);
  const exponentBits = reader.u8();
  reader.skip(6);
  return { kind: "float", size, bigEndian: (flags & 0x01) !== 0, exponentBits };
}

/** The bytes of `count` elements in little-endian order: the same memory where they already are. */
export function toLittleEndian(bytes: Uint8Array, type: Datatype): Uint8Array {
  if ((type.kind !== "integer" && type.kind !== "float") || !type.bigEndian || type.size === 1) return bytes;
  const swapped = new Uint8Array(bytes.length);
  for (let index = 0; index < bytes.length; index += 1) {
    const within = index % type.size;
    swapped[index - within + type.size - 1 - within] = bytes[index] ?? 0;
  }
  return swapped;
}
