import { convertError } from "../errors.ts";
import { readTreeRecords } from "./b-tree-2.ts";
import type { ByteReader } from "./byte-reader.ts";
import { FractalHeap } from "./fractal-heap.ts";
import { type HeaderMessage, MessageType } from "./object-header.ts";

/** Addresses of a group's members by name, in the order in which the file keeps them. */
export type Links = ReadonlyMap<string, number>;

const MAX_MEMBERS = 1_000_000;

/**
 * The members of a group: of the symbol table that h5py writes, and of link messages in the header. What points out of the file, or only by
 * name, is refused before it is followed.
 * @throws FlotillaError EXTERNAL_DATA_OUTSIDE, UNSUPPORTED_FORMAT, INVALID_GRAPH
 */
export function readLinks(file: ByteReader, messages: readonly HeaderMessage[]): Links {
  const links = new Map<string, number>();
  for (const { type, body } of messages) {
    const reader = body.at(body.position);
    if (type === MessageType.symbolTable) readSymbolTable(file, reader, links);
    else if (type === MessageType.link) readLink(reader, links);
    else if (type === MessageType.linkInfo) readDenseLinks(file, reader, links);
  }
  return links;
}

function put(links: Map<string, number>, name: string, address: number | null): void {
  if (address === null)
    throw convertError("INVALID_GRAPH", `The HDF5 member ${JSON.stringify(name)} has no address. Save the model again.`);
  if (links.has(name))
    throw convertError("INVALID_GRAPH", `The HDF5 file has two members called ${JSON.stringify(name)} in one group. Save the model again.`);
  if (links.size >= MAX_MEMBERS) throw convertError("TOO_MANY_NODES", `The HDF5 file has a group of more than ${MAX_MEMBERS} members.`);
  links.set(name, address);
}

/** Source: HDF5 File Format Specification 3.0, III.A.1 (B-trees of version 1), III.B and III.C */
function readSymbolTable(file: ByteReader, message: ByteReader, links: Map<string, number>): void {
  const tree = message.address();
  const heap = file.at(message.address() ?? -1);
  heap.signature("HEAP");
  heap.skip(4);
  const size = heap.length();
  heap.skip(heap.lengthSize);
  const names = file.at(heap.address() ?? -1, size);
  const seen = new Set<number>();
  const open = [tree];
  for (let address = open.shift(); address !== undefined; address = open.shift()) {
    if (address === null || seen.has(address))
      throw convertError("INVALID_GRAPH", "The HDF5 file has a group whose index refers to itself. Save the model again.");
    seen.add(address);
    const node = file.at(address);
    if (Buffer.from(node.take(4)).toString("latin1") === "SNOD") readSymbols(node, names, links);
    else open.push(...readTreeNode(file.at(address), 0, (reader) => void reader.length()).map(({ child }) => child));
  }
}

/** The children of a B-tree node of version 1, with what `readKey` makes of the key before each. */
export function readTreeNode<K>(
  reader: ByteReader,
  type: 0 | 1,
  readKey: (reader: ByteReader) => K,
): { key: K; child: number; level: number }[] {
  reader.signature("TREE");
  const found = reader.u8();
  if (found !== type)
    throw convertError("INVALID_GRAPH", `The HDF5 file has an index of kind ${found} where ${type} is due. Save the model again.`);
  const level = reader.u8();
  const count = reader.u16();
  reader.skip(2 * reader.offsetSize);
  return Array.from({ length: count }, () => {
    const key = readKey(reader);
    return { key, child: reader.address() ?? -1, level };
  });
}

function readSymbols(node: ByteReader, names: ByteReader, links: Map<string, number>): void {
  node.skip(2);
  const count = node.u16();
  for (let index = 0; index < count; index += 1) {
    const name = names.at(names.position + node.uint(node.offsetSize)).cString();
    const address = node.address();
    const cache = node.u32();
    node.skip(20);
    // A symbolic link has a name instead of an address: no Keras writer makes one.
    if (cache === 2) throw refusedLink(name, "symbolic");
    put(links, name, address);
  }
}

/** Source: HDF5 File Format Specification 3.0, IV.A.2.g */
function readLink(reader: ByteReader, links: Map<string, number>): void {
  reader.skip(1);
  const flags = reader.u8();
  const type = (flags & 0x08) === 0 ? 0 : reader.u8();
  if ((flags & 0x04) !== 0) reader.skip(8);
  if ((flags & 0x10) !== 0) reader.skip(1);
  const name = Buffer.from(reader.take(reader.uint(2 ** (flags & 0x03)))).toString("utf8");
  if (type !== 0) throw refusedLink(name, type === 64 ? "external" : type === 1 ? "symbolic" : `user-defined (${type})`);
  put(links, name, reader.address());
}

function refusedLink(name: string, kind: string): Error {
  return convertError(
    "EXTERNAL_DATA_OUTSIDE",
    `The HDF5 member ${JSON.stringify(name)} is a link (${kind}). Links are not followed, because they can lead out of the file; save the model with all of its data inside.`,
  );
}

/** Large groups of the newer layout keep their links in a heap, under an index by hashes of names. Source: HDF5 File Format Specification 3.0, IV.A.2.c */
function readDenseLinks(file: ByteReader, reader: ByteReader, links: Map<string, number>): void {
  reader.skip(1);
  if ((reader.u8() & 0x01) !== 0) reader.skip(8);
  const heapAddress = reader.address();
  if (heapAddress === null) return;
  const heap = new FractalHeap(file, heapAddress);
  for (const record of readTreeRecords(file, reader.address() ?? -1, [5]).records) {
    record.skip(4);
    readLink(heap.object(record), links);
  }
}
