import type { ByteReader } from "./byte-reader.ts";

/**
 * A fixed array: the index of chunks of a dataset that cannot grow. Large ones are cut into pages, of which a bitmap tells which were written.
 * Source: HDF5 File Format Specification 3.0, VII.C
 */
export class FixedArray {
  readonly #file: ByteReader;
  readonly #entryBytes: number;
  readonly #pageEntries: number;
  readonly #count: number;
  readonly #block: number | null;

  constructor(file: ByteReader, address: number) {
    const head = file.at(address);
    head.signature("FAHD");
    head.skip(2);
    this.#file = file;
    this.#entryBytes = head.u8();
    this.#pageEntries = 2 ** head.u8();
    this.#count = head.length();
    this.#block = head.address();
  }

  /** A cursor limited to entry `index`; null where there is none. */
  entry(index: number): ByteReader | null {
    if (this.#block === null || index >= this.#count) return null;
    const block = this.#file.at(this.#block);
    block.signature("FADB");
    block.skip(2 + this.#file.offsetSize);
    if (this.#count <= this.#pageEntries) return block.at(block.position + index * this.#entryBytes, this.#entryBytes);
    const page = Math.floor(index / this.#pageEntries);
    const bitmap = block.take(Math.ceil(Math.ceil(this.#count / this.#pageEntries) / 8));
    if (!hasBit(bitmap, page)) return null;
    // Each page, as the block in front of it, ends in a checksum of four bytes.
    const start = block.position + 4 + page * (this.#pageEntries * this.#entryBytes + 4);
    return block.at(start + (index % this.#pageEntries) * this.#entryBytes, this.#entryBytes);
  }
}

/** Bits count from the highest of the first byte. */
export function hasBit(bitmap: Uint8Array, index: number): boolean {
  return ((bitmap[Math.floor(index / 8)] ?? 0) & (0x80 >> (index % 8))) !== 0;
}
