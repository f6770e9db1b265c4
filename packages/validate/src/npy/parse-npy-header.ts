import { FlotillaError } from "@flotilla/contracts/errors";
import { elementCount, type NpyDescriptor, type NpyHeader, npyTypes } from "./npy-array.ts";

const MAGIC = "\u0093NUMPY";
/** A header is a short Python dict; numpy itself refuses more than this unless told otherwise. */
const MAX_HEADER_BYTES = 10_000;
const MAX_AXES = 32;

/**
 * Reads the header of a `.npy` file (format 1.0 to 3.0) from its first bytes.
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 *
 * Throws EMPTY_FILE, NOT_A_DATA_SET, TRUNCATED_FILE or DIMENSION_OVERFLOW.
 */
export function parseNpyHeader(bytes: Uint8Array): NpyHeader {
  if (bytes.byteLength === 0) throw new FlotillaError("EMPTY_FILE", "The .npy file is empty. Save the array again with numpy.save.");
  if (latin1(bytes, 0, 6) !== MAGIC) {
    throw new FlotillaError("NOT_A_DATA_SET", "The file does not begin as a .npy file does. Save the array with numpy.save.");
  }
  const { start, length } = locateHeader(bytes);
  if (start + length > bytes.byteLength) throw truncated(start + length, bytes.byteLength);
  return parseDictionary(latin1(bytes, start, length), start + length);
}

function locateHeader(bytes: Uint8Array): { start: number; length: number } {
  const major = bytes[6] ?? 0;
  if (major < 1 || major > 3) {
    throw new FlotillaError(
      "NOT_A_DATA_SET",
      `The .npy file has format version ${major}; versions 1 to 3 are read. Save it again with numpy.save.`,
    );
  }
  const start = major === 1 ? 10 : 12;
  if (bytes.byteLength < start) throw truncated(start, bytes.byteLength);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MAX_HEADER_BYTES) {
    throw new FlotillaError(
      "NOT_A_DATA_SET",
      `The header of the .npy file claims ${length} bytes; at most ${MAX_HEADER_BYTES} make sense.`,
    );
  }
  return { start, length };
}

/** The header is a Python dict literal with exactly three keys; no general Python is evaluated. */
function parseDictionary(text: string, dataOffset: number): NpyHeader {
  const descriptor = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1];
  const fortran = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const axes = /'shape'\s*:\s*\(([\d,\sL]*)\)/.exec(text)?.[1];
  if (descriptor === undefined || fortran === undefined || axes === undefined) {
    throw new FlotillaError("NOT_A_DATA_SET", "The header of the .npy file cannot be read: it needs a plain dtype, an order and a shape.");
  }
  if (fortran === "True") {
    throw new FlotillaError("NOT_A_DATA_SET", "The .npy file is in Fortran order. Save numpy.ascontiguousarray(array) instead.");
  }
  const element = npyTypes[normalise(descriptor) as NpyDescriptor];
  if (element === undefined) {
    const known = Object.keys(npyTypes).join(", ");
    throw new FlotillaError("NOT_A_DATA_SET", `The .npy file holds "${descriptor}"; ${known} are read. Convert it with array.astype.`);
  }
  const shape = axes
    .split(",")
    .map((axis) => axis.replace("L", "").trim())
    .filter((axis) => axis !== "")
    .map(Number);
  const dataBytes = elementCount(shape) * element.bytes;
  if (shape.length > MAX_AXES || !Number.isSafeInteger(dataBytes)) {
    throw new FlotillaError(
      "DIMENSION_OVERFLOW",
      `The shape (${shape.slice(0, 8).join(", ")}) of the .npy file is larger than anything that can be stored.`,
    );
  }
  return { type: element.type, shape, dataOffset, dataBytes };
}

/** One byte has no byte order: `<u1`, `=u1` and `u1` all mean `|u1`. */
function normalise(descriptor: string): string {
  const bare = descriptor.replace(/^[<=|]/, "");
  return bare.endsWith("1") ? `|${bare}` : descriptor.startsWith(">") ? descriptor : `<${bare}`;
}

function truncated(needed: number, present: number): FlotillaError {
  return new FlotillaError(
    "TRUNCATED_FILE",
    `The .npy file ends after ${present} bytes where ${needed} were announced. Send the whole file.`,
  );
}

function latin1(bytes: Uint8Array, start: number, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(length, bytes.byteLength - start)).toString("latin1");
}
