import { convertError } from "../errors.ts";
import { bytesFor, readTreeRecords } from "./b-tree-2.ts";
import type { ByteReader } from "./byte-reader.ts";

/** Indirect blocks inside each other; more than a heap of 2^64 bytes has. */
const MAX_NESTING = 64;

/**
 * A heap of small objects that double-sized blocks hold: where the newer layout keeps many links or attributes.
 * Source: HDF5 File Format Specification 3.0, III.G
 */
export class FractalHeap {
  readonly #file: ByteReader;
  readonly #offsetBytes: number;
  readonly #lengthBytes: number;
  readonly #idBytes: number;
  readonly #width: number;
  readonly #startBytes: number;
  readonly #maxDirectBytes: number;
  readonly #root: number | null;
  readonly #rootRows: number;
  readonly #hugeIndex: number | null;

  /** @throws FlotillaError UNSUPPORTED_FORMAT where the heap is compressed */
  constructor(file: ByteReader, address: number) {
    const head = file.at(address);
    head.signature("FRHP");
    head.skip(1);
    this.#file = file;
    this.#idBytes = head.u16();
    if (head.u16() > 0) throw unsupported("a compressed heap");
    head.skip(1);
    const maxObjectBytes = head.u32();
    head.length();
    this.#hugeIndex = head.address();
    head.length();
    head.address();
    for (let field = 0; field < 8; field += 1) head.length();
    this.#width = head.u16();
    this.#startBytes = head.length();
    this.#maxDirectBytes = head.length();
    this.#offsetBytes = Math.ceil(head.u16() / 8);
    head.skip(2);
    this.#root = head.address();
    this.#rootRows = head.u16();
    if (!isPowerOfTwo(this.#startBytes) || !isPowerOfTwo(this.#width) || !isPowerOfTwo(this.#maxDirectBytes))
      throw convertError("INVALID_GRAPH", "The HDF5 file has a heap of blocks whose sizes are no powers of two. Save the model again.");
    this.#lengthBytes = Math.min(Math.ceil(Math.log2(this.#maxDirectBytes) / 8), bytesFor(maxObjectBytes));
  }

  /** A cursor limited to the object that an id names; the id is read from `id`. */
  object(id: ByteReader): ByteReader {
    const own = id.at(id.position, this.#idBytes);
    id.skip(this.#idBytes);
    const flags = own.u8();
    const kind = (flags >> 4) & 0x03;
    if (kind === 0) return this.#managed(own.uint(this.#offsetBytes), own.uint(this.#lengthBytes));
    if (kind === 1) return this.#huge(own);
    if (kind === 2) return own.at(own.position, (flags & 0x0f) + 1);
    throw unsupported(`an object of kind ${kind} in a heap`);
  }

  #managed(offset: number, length: number): ByteReader {
    const { address, within } = this.#find(this.#root ?? -1, this.#rootRows, offset, 0);
    return this.#file.at(address + within, length);
  }

  /** The direct block that holds byte `offset` below the block at `address`, which has `rows` rows of blocks, or none: then it is that block. */
  #find(address: number, rows: number, offset: number, nesting: number): { address: number; within: number } {
    if (rows === 0) return { address, within: offset };
    if (nesting > MAX_NESTING) throw damaged();
    const block = this.#file.at(address);
    block.signature("FHIB");
    block.skip(1);
    block.address();
    block.skip(this.#offsetBytes);
    let start = 0;
    for (let row = 0; row < rows; row += 1) {
      const size = this.#startBytes * 2 ** Math.max(0, row - 1);
      for (let column = 0; column < this.#width; column += 1) {
        const child = block.address();
        if (offset < start + size) {
          if (child === null) throw damaged();
          return this.#find(child, size > this.#maxDirectBytes ? this.#rowsOf(size) : 0, offset - start, nesting + 1);
        }
        start += size;
      }
    }
    throw damaged();
  }

  /** Rows of an indirect block that covers `size` bytes. */
  #rowsOf(size: number): number {
    return Math.log2(size) - Math.log2(this.#startBytes * this.#width) + 1;
  }

  /** An object too large for a block stands alone in the file; an index knows where. */
  #huge(id: ByteReader): ByteReader {
    const { offsetSize, lengthSize } = this.#file;
    if (this.#idBytes > offsetSize + lengthSize) return this.#file.at(id.address() ?? -1, id.length());
    const wanted = id.uint(Math.min(id.remaining, 8));
    for (const record of readTreeRecords(this.#file, this.#hugeIndex ?? -1, [1]).records) {
      const address = record.address();
      const length = record.length();
      if (record.length() === wanted) return this.#file.at(address ?? -1, length);
    }
    throw damaged();
  }
}

function isPowerOfTwo(value: number): boolean {
  return value > 0 && Number.isInteger(Math.log2(value));
}

function damaged(): Error {
  return convertError("INVALID_GRAPH", "An object of the HDF5 file is missing from its heap. Save the model again.");
}

function unsupported(what: string): Error {
  return convertError("UNSUPPORTED_FORMAT", `The HDF5 file uses ${what}, which is not read here. Save the model with Keras' own save().`);
}
