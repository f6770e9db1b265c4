import { convertError } from "../errors.ts";
import { readTreeRecords } from "./b-tree-2.ts";
import type { ByteReader } from "./byte-reader.ts";
import { ExtensibleArray } from "./extensible-array.ts";
import { FixedArray } from "./fixed-array.ts";
import { readTreeNode } from "./group-links.ts";

/** A chunk that is in the file. */
export interface Chunk {
  /** Its place among the chunks, along each axis. */
  readonly place: readonly number[];
  readonly address: number;
  readonly bytes: number;
  /** A bit says that its filter was left out. */
  readonly mask: number;
}

/** How a dataset is cut. */
export interface Grid {
  readonly dims: readonly number[];
  readonly maxDims: readonly (number | null)[];
  /** Sizes of a chunk, and its bytes as they are when no filter acts. */
  readonly chunk: readonly number[];
  readonly chunkBytes: number;
}

/** The chunks of a layout of version 3: a B-tree of version 1. Source: HDF5 File Format Specification 3.0, III.A.1 */
export function chunksOfTree(file: ByteReader, root: number, { chunk }: Grid): Chunk[] {
  const result: Chunk[] = [];
  const seen = new Set<number>();
  const open = [root];
  for (let address = open.pop(); address !== undefined; address = open.pop()) {
    if (seen.has(address))
      throw convertError("INVALID_GRAPH", "The HDF5 file has a chunk index that refers to itself. Save the model again.");
    seen.add(address);
    const children = readTreeNode(file.at(address), 1, (key) => {
      const [bytes, mask] = [key.u32(), key.u32()];
      const offsets = Array.from({ length: chunk.length + 1 }, () => key.uint(8));
      return { bytes, mask, place: chunk.map((size, axis) => Math.floor((offsets[axis] ?? 0) / size)) };
    });
    for (const { key, child, level } of children) {
      if (level > 0) open.push(child);
      else result.push({ ...key, address: child });
    }
  }
  return result;
}

/**
 * The chunks of a layout of version 4, whose index `reader` stands at. With filters each chunk says how many bytes it has.
 * Source: HDF5 File Format Specification 3.0, IV.A.2.i and VII
 * @throws FlotillaError UNSUPPORTED_FORMAT for kinds of index that the format does not know
 */
export function chunksOfIndex(file: ByteReader, reader: ByteReader, flags: number, grid: Grid, filtered: boolean): Chunk[] {
  const kind = reader.u8();
  const { dims, chunk, chunkBytes } = grid;
  const count = chunk.reduce((total, size, axis) => total * Math.ceil((dims[axis] ?? 0) / size), 1);
  // Each chunk takes some bytes of the file, if only of its index.
  if (count > file.bytes.length)
    throw convertError(
      "TOO_LARGE",
      `The HDF5 file of ${file.bytes.length} bytes cuts a dataset into ${count} chunks. Save the model again.`,
    );
  if (kind === 1) {
    const [bytes, mask] = (flags & 0x02) !== 0 ? [reader.length(), reader.u32()] : [chunkBytes, 0];
    const address = reader.address();
    return address === null ? [] : [{ place: chunk.map(() => 0), address, bytes, mask }];
  }
  if (kind === 2) {
    const first = reader.address();
    if (first === null) return [];
    return places(grid).map((place) => ({ place, address: first + numberOf(place, grid, -1) * chunkBytes, bytes: chunkBytes, mask: 0 }));
  }
  if (kind === 3 || kind === 4) {
    reader.skip(kind === 3 ? 1 : 5);
    const address = reader.address();
    if (address === null) return [];
    const array = kind === 3 ? new FixedArray(file, address) : new ExtensibleArray(file, address);
    const endless = kind === 3 ? -1 : grid.maxDims.indexOf(null);
    return places(grid).flatMap((place) => {
      const entry = array.entry(numberOf(place, grid, endless));
      return entry === null ? [] : readEntry(entry, place, chunkBytes, filtered);
    });
  }
  if (kind === 5) {
    reader.skip(6);
    const address = reader.address();
    return address === null ? [] : chunksOfTree2(file, address, grid);
  }
  throw convertError(
    "UNSUPPORTED_FORMAT",
    `The HDF5 file uses a chunk index of kind ${kind}, which is not read here. Save the model with Keras' own save().`,
  );
}

function readEntry(entry: ByteReader, place: readonly number[], chunkBytes: number, filtered: boolean): Chunk[] {
  const address = entry.address();
  if (address === null) return [];
  const bytes = filtered ? entry.uint(entry.remaining - 4) : chunkBytes;
  return [{ place, address, bytes, mask: filtered ? entry.u32() : 0 }];
}

function chunksOfTree2(file: ByteReader, address: number, { chunk, chunkBytes }: Grid): Chunk[] {
  const { kind, records } = readTreeRecords(file, address, [10, 11]);
  return records.map((record) => {
    const at = record.address() ?? -1;
    const bytes = kind === 11 ? record.uint(record.remaining - 4 - 8 * chunk.length) : chunkBytes;
    const mask = kind === 11 ? record.u32() : 0;
    return { place: chunk.map(() => record.uint(8)), address: at, bytes, mask };
  });
}

/** All places of chunks that the dataset reaches, the last axis fastest. */
function places({ dims, chunk }: Grid): number[][] {
  return chunk.reduce<number[][]>(
    (before, size, axis) => {
      const count = Math.ceil((dims[axis] ?? 0) / size);
      return before.flatMap((place) => Array.from({ length: count }, (_, index) => [...place, index]));
    },
    [[]],
  );
}

/** The number of a chunk among all that there may be: the last axis fastest, an endless one slowest. */
function numberOf(place: readonly number[], { dims, maxDims, chunk }: Grid, endless: number): number {
  const axes = place.map((_, axis) => axis);
  const order = endless > 0 ? [endless, ...axes.filter((axis) => axis !== endless)] : axes;
  return order.reduce((number, axis) => {
    const count = Math.ceil((maxDims[axis] ?? dims[axis] ?? 1) / (chunk[axis] ?? 1));
    return number * count + (place[axis] ?? 0);
  }, 0);
}
