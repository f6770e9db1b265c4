import { convertError } from "../errors.ts";
import type { ByteReader } from "./byte-reader.ts";

/** Deeper than any index that fits into a file. */
const MAX_DEPTH = 32;
/** Signature, version, kind and checksum of a node. */
const NODE_OVERHEAD = 10;

interface Level {
  readonly records: number;
  readonly allRecords: number;
}

/**
 * The records of a B-tree of version 2 from left to right, each under a cursor limited to it.
 * Source: HDF5 File Format Specification 3.0, III.A.2
 * @throws FlotillaError INVALID_GRAPH where the tree is of another kind than one of `kinds`, or refers to itself
 */
export function readTreeRecords(file: ByteReader, address: number, kinds: readonly number[]): { kind: number; records: ByteReader[] } {
  const head = file.at(address);
  head.signature("BTHD");
  head.skip(1);
  const kind = head.u8();
  if (!kinds.includes(kind))
    throw convertError(
      "INVALID_GRAPH",
      `The HDF5 file has an index of kind ${kind} where ${kinds.join(" or ")} is due. Save the model again.`,
    );
  const nodeBytes = head.u32();
  const recordBytes = head.u16();
  const depth = head.u16();
  head.skip(2);
  const root = head.address();
  const count = head.u16();
  if (depth > MAX_DEPTH || recordBytes === 0)
    throw convertError(
      "INVALID_GRAPH",
      `The HDF5 file has an index ${depth} deep of records of ${recordBytes} bytes. Save the model again.`,
    );
  if (root === null || count === 0) return { kind, records: [] };
  const levels = levelsOf(depth, nodeBytes, recordBytes, file.offsetSize);
  const reader = new NodeReader(file, recordBytes, levels);
  reader.read(root, count, depth);
  return { kind, records: reader.records };
}

/** How many bytes a number up to `limit` takes. */
export function bytesFor(limit: number): number {
  return Math.floor(Math.log2(Math.max(1, limit)) / 8) + 1;
}

/** How many records a node of each level can have, alone and with all below it: that decides the width of fields. */
function levelsOf(depth: number, nodeBytes: number, recordBytes: number, offsetSize: number): Level[] {
  const leaf = Math.floor((nodeBytes - NODE_OVERHEAD) / recordBytes);
  const levels: Level[] = [{ records: leaf, allRecords: leaf }];
  for (let level = 1; level <= depth; level += 1) {
    const below = levels[level - 1]?.allRecords ?? leaf;
    const pointer = offsetSize + bytesFor(leaf) + (level === 1 ? 0 : bytesFor(below));
    const records = Math.floor((nodeBytes - NODE_OVERHEAD - pointer) / (recordBytes + pointer));
    levels.push({ records, allRecords: (records + 1) * below + records });
  }
  return levels;
}

class NodeReader {
  readonly records: ByteReader[] = [];
  readonly #file: ByteReader;
  readonly #recordBytes: number;
  readonly #levels: readonly Level[];
  readonly #seen = new Set<number>();

  constructor(file: ByteReader, recordBytes: number, levels: readonly Level[]) {
    this.#file = file;
    this.#recordBytes = recordBytes;
    this.#levels = levels;
  }

  read(address: number, count: number, depth: number): void {
    if (this.#seen.has(address))
      throw convertError("INVALID_GRAPH", "The HDF5 file has an index that refers to itself. Save the model again.");
    this.#seen.add(address);
    const node = this.#file.at(address);
    node.signature(depth === 0 ? "BTLF" : "BTIN");
    node.skip(2);
    const own = Array.from({ length: count }, () => {
      const record = node.at(node.position, this.#recordBytes);
      node.skip(this.#recordBytes);
      return record;
    });
    if (depth === 0) {
      this.records.push(...own);
      return;
    }
    const leaf = this.#levels[0]?.records ?? 1;
    for (let child = 0; child <= count; child += 1) {
      const at = node.address() ?? -1;
      const records = node.uint(bytesFor(leaf));
      if (depth > 1) node.skip(bytesFor(this.#levels[depth - 1]?.allRecords ?? 1));
      this.read(at, records, depth - 1);
      const between = own[child];
      if (between !== undefined) this.records.push(between);
    }
  }
}
