import { convertError } from "../errors.ts";
import { readTreeRecords } from "./b-tree-2.ts";
import type { ByteReader } from "./byte-reader.ts";
import { countElements, readDataspace } from "./dataspace.ts";
import { type Datatype, readDatatype } from "./datatype.ts";
import { FractalHeap } from "./fractal-heap.ts";
import { type HeaderMessage, MessageType } from "./object-header.ts";

/** Attributes that are texts or lists of texts: all that Keras keeps there. Numbers and other kinds are left out. */
export type TextAttributes = ReadonlyMap<string, readonly string[]>;

/** Source: HDF5 File Format Specification 3.0, IV.A.2.m */
export function readTextAttributes(file: ByteReader, messages: readonly HeaderMessage[]): TextAttributes {
  const result = new Map<string, readonly string[]>();
  for (const { type, body, shared } of messages) {
    const bodies =
      type === MessageType.attributeInfo
        ? readDenseAttributes(file, body.at(body.position))
        : type === MessageType.attribute && !shared
          ? [body.at(body.position, body.remaining)]
          : [];
    for (const reader of bodies) {
      const [name, texts] = readAttribute(file, reader);
      if (texts !== null) result.set(name, texts);
    }
  }
  return result;
}

/** Many or large attributes of the newer layout stand in a heap. Source: HDF5 File Format Specification 3.0, IV.A.2.v */
function readDenseAttributes(file: ByteReader, reader: ByteReader): ByteReader[] {
  reader.skip(1);
  if ((reader.u8() & 0x01) !== 0) reader.skip(2);
  const heapAddress = reader.address();
  if (heapAddress === null) return [];
  const heap = new FractalHeap(file, heapAddress);
  return readTreeRecords(file, reader.address() ?? -1, [8]).records.flatMap((record) => {
    const body = heap.object(record);
    // Behind the id: whether the message is kept elsewhere.
    return (record.u8() & 0x02) !== 0 ? [] : [body];
  });
}

function readAttribute(file: ByteReader, reader: ByteReader): [string, string[] | null] {
  const version = reader.u8();
  if (version < 1 || version > 3)
    throw convertError(
      "INVALID_GRAPH",
      `The HDF5 file has an attribute of version ${version}, which does not exist. Save the model again.`,
    );
  const flags = reader.u8();
  const sizes = [reader.u16(), reader.u16(), reader.u16()] as const;
  if (version === 3) reader.skip(1);
  const part = (size: number): ByteReader => {
    const found = reader.at(reader.position, size);
    reader.skip(version === 1 ? Math.ceil(size / 8) * 8 : size);
    return found;
  };
  const name = part(sizes[0]).cString();
  const type = part(sizes[1]);
  const space = part(sizes[2]);
  if (version > 1 && (flags & 0x03) !== 0) return [name, null];
  const datatype = readDatatype(type);
  const dims = readDataspace(space)?.dims ?? null;
  return [name, dims === null ? null : readTexts(file, reader, datatype, countElements(dims))];
}

function readTexts(file: ByteReader, reader: ByteReader, type: Datatype, count: number): string[] | null {
  // Before anything is allocated: the elements must be there.
  if (type.kind !== "string" && type.kind !== "text") return null;
  if (count * Math.max(1, type.size) > reader.remaining)
    throw convertError(
      "TRUNCATED_FILE",
      `An attribute of the HDF5 file has ${reader.remaining} bytes for ${count} texts. Save the model again.`,
    );
  return Array.from({ length: count }, () => (type.kind === "text" ? variableText(file, reader) : fixedText(reader.take(type.size))));
}

function fixedText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString("utf8");
}

/** A reference to an object of a global heap. Source: HDF5 File Format Specification 3.0, III.E */
function variableText(file: ByteReader, reader: ByteReader): string {
  const length = reader.u32();
  const address = reader.address();
  const wanted = reader.u32();
  if (length === 0 || address === null) return "";
  const head = file.at(address);
  head.signature("GCOL");
  head.skip(4);
  const heap = file.at(address, head.length());
  heap.skip(8 + heap.lengthSize);
  while (heap.remaining >= 8 + heap.lengthSize) {
    const index = heap.u16();
    heap.skip(6);
    const size = heap.length();
    if (index === wanted && index !== 0) return fixedText(heap.take(Math.min(size, length)));
    if (index === 0) break;
    heap.skip(Math.min(heap.remaining, Math.ceil(size / 8) * 8));
  }
  throw convertError("INVALID_GRAPH", "A text of the HDF5 file is missing from its heap. Save the model again.");
}
