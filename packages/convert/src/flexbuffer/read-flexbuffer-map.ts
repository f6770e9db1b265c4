import { ByteReader } from "../flatbuffer/byte-reader.ts";
import { FlatbufferError } from "../flatbuffer/errors.ts";

/** Types of values. Source: https://flatbuffers.dev/internals/#flexbuffers */
const TYPES = { INT: 1, UINT: 2, FLOAT: 3, INDIRECT_INT: 6, INDIRECT_UINT: 7, INDIRECT_FLOAT: 8, MAP: 9, BOOL: 26 } as const;
const MAX_ENTRIES = 10_000;

/**
 * The numbers and booleans (as 0 and 1) of a FlexBuffer that is a map, by name: how custom operators of TFLite keep their options. Other values are left out.
 * @throws FlatbufferError where it is no map or an offset leaves the bytes
 */
export function readFlexbufferMap(bytes: Uint8Array): ReadonlyMap<string, number> {
  const reader = new ByteReader(bytes);
  const end = bytes.byteLength;
  reader.require(end - 3, 3, "The options");
  const [packed = 0, rootWidth = 0] = [bytes[end - 2], bytes[end - 1]];
  if (packed >> 2 !== TYPES.MAP) throw new FlatbufferError("The options are no map.");
  const values = follow(reader, end - 2 - rootWidth, rootWidth);
  const width = 1 << (packed & 3);
  const count = unsigned(reader, values - width, width);
  if (count > MAX_ENTRIES) throw new FlatbufferError(`The options have ${count} entries.`);
  const keyWidth = unsigned(reader, values - 2 * width, width);
  const keys = follow(reader, values - 3 * width, width);
  const result = new Map<string, number>();
  for (let index = 0; index < count; index += 1) {
    const type = unsigned(reader, values + count * width + index, 1);
    const value = numberOf(reader, values + index * width, width, type);
    if (value !== null) result.set(textOf(reader, follow(reader, keys + index * keyWidth, keyWidth)), value);
  }
  return result;
}

function numberOf(reader: ByteReader, at: number, width: number, packed: number): number | null {
  const [kind, ownWidth] = [packed >> 2, 1 << (packed & 3)];
  if (kind === TYPES.INT || kind === TYPES.UINT || kind === TYPES.BOOL) return integer(reader, at, width, kind === TYPES.INT);
  if (kind === TYPES.FLOAT) return float(reader, at, width);
  if (kind === TYPES.INDIRECT_INT || kind === TYPES.INDIRECT_UINT)
    return integer(reader, follow(reader, at, width), ownWidth, kind === TYPES.INDIRECT_INT);
  return kind === TYPES.INDIRECT_FLOAT ? float(reader, follow(reader, at, width), ownWidth) : null;
}

function integer(reader: ByteReader, at: number, width: number, signed: boolean): number {
  reader.require(at, width, "A number of the options");
  return reader.scalar(
    ({ 1: signed ? "i8" : "u8", 2: signed ? "i16" : "u16", 4: signed ? "i32" : "u32", 8: signed ? "i64" : "u64" } as const)[
      checkWidth(width)
    ],
    at,
  );
}

function float(reader: ByteReader, at: number, width: number): number {
  reader.require(at, width, "A number of the options");
  if (width !== 4 && width !== 8) throw new FlatbufferError(`A number of the options has ${width} bytes.`);
  return reader.scalar(width === 4 ? "f32" : "f64", at);
}

function unsigned(reader: ByteReader, at: number, width: number): number {
  return integer(reader, at, width, false);
}

function checkWidth(width: number): 1 | 2 | 4 | 8 {
  if (width === 1 || width === 2 || width === 4 || width === 8) return width;
  throw new FlatbufferError(`A number of the options has ${width} bytes.`);
}

/** Offsets point backwards. */
function follow(reader: ByteReader, at: number, width: number): number {
  const target = at - unsigned(reader, at, width);
  reader.require(target, 1, "The options");
  return target;
}

function textOf(reader: ByteReader, at: number): string {
  const end = reader.bytes.indexOf(0, at);
  if (end < 0) throw new FlatbufferError("A name of the options does not end.");
  return new TextDecoder().decode(reader.bytes.subarray(at, end));
}
