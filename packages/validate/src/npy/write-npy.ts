import { FlotillaError } from "@flotilla/contracts/errors";
import { elementCount, type NpyArray, npyTypes } from "./npy-array.ts";

/** numpy aligns the data to this, so that it can be mapped into memory. */
const ALIGNMENT = 64;

/** The bytes of a `.npy` file, format 1.0, exactly as numpy.save writes them. */
export function writeNpy(array: NpyArray): Uint8Array {
  const header = npyHeader(array.type, array.shape);
  if (elementCount(array.shape) !== array.data.length) {
    throw new FlotillaError("INVALID_INPUT", `${array.data.length} values do not fill the shape (${array.shape.join(", ")}).`);
  }
  const file = new Uint8Array(header.byteLength + array.data.byteLength);
  file.set(header);
  file.set(new Uint8Array(array.data.buffer, array.data.byteOffset, array.data.byteLength), header.byteLength);
  return file;
}

function npyHeader(type: NpyArray["type"], shape: readonly number[]): Uint8Array {
  const descriptor = Object.entries(npyTypes).find(([, element]) => element.type === type)?.[0];
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dictionary = `{'descr': '${descriptor}', 'fortran_order': False, 'shape': (${axes}), }`;
  const padding = (ALIGNMENT - ((10 + dictionary.length + 1) % ALIGNMENT)) % ALIGNMENT;
  const text = `${dictionary}${" ".repeat(padding)}\n`;
  const header = Buffer.alloc(10 + text.length);
  header.write("\u0093NUMPY\u0001\u0000", 0, "latin1");
  header.writeUInt16LE(text.length, 8);
  header.write(text, 10, "latin1");
  return header;
}
