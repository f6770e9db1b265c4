import type { ByteReader } from "./byte-reader.ts";
import { hasBit } from "./fixed-array.ts";

/**
 * An extensible array: the index of chunks of a dataset that can grow along one axis. The first entries stand in the index block, the next ones in
 * data blocks that it names, the others in data blocks that super blocks name; super block n has 2^⌊n/2⌋ data blocks of 2^⌈n/2⌉ times the least size.
 * Source: HDF5 File Format Specification 3.0, VII.D
 */
export class ExtensibleArray {
  readonly #file: ByteReader;
  readonly #entryBytes: number;
  readonly #offsetBytes: number;
  readonly #indexEntries: number;
  readonly #leastEntries: number;
  readonly #leastPointers: number;
  readonly #pageEntries: number;
  readonly #index: number | null;

  constructor(file: ByteReader, address: number) {
    const head = file.at(address);
    head.signature("EAHD");
    head.skip(2);
    this.#file = file;
    this.#entryBytes = head.u8();
    this.#offsetBytes = Math.ceil(head.u8() / 8);
    this.#indexEntries = head.u8();
    this.#leastEntries = Math.max(1, head.u8());
    this.#leastPointers = Math.max(1, head.u8());
    this.#pageEntries = 2 ** head.u8();
    for (let field = 0; field < 6; field += 1) head.length();
    this.#index = head.address();
  }

  /** A cursor limited to entry `index`; null where there is none. */
  entry(index: number): ByteReader | null {
    if (this.#index === null) return null;
    const block = this.#open(this.#index, "EAIB");
    if (index < this.#indexEntries) return block.at(block.position + index * this.#entryBytes, this.#entryBytes);
    block.skip(this.#indexEntries * this.#entryBytes);
    const rest = index - this.#indexEntries;
    const level = Math.floor(Math.log2(Math.floor(rest / this.#leastEntries) + 1));
    const blockEntries = this.#leastEntries * 2 ** Math.ceil(level / 2);
    const within = rest - this.#leastEntries * (2 ** level - 1);
    const [number, at] = [Math.floor(within / blockEntries), within % blockEntries];
    const direct = 2 * Math.floor(Math.log2(this.#leastPointers));
    if (level < direct) {
      const before = Array.from({ length: level }, (_, index) => 2 ** Math.floor(index / 2)).reduce((total, count) => total + count, 0);
      block.skip((before + number) * this.#file.offsetSize);
      return this.#inBlock(block.address(), at, blockEntries, null);
    }
    block.skip((2 * (this.#leastPointers - 1) + level - direct) * this.#file.offsetSize);
    const above = block.address();
    return above === null ? null : this.#inSuperBlock(above, level, number, at, blockEntries);
  }

  #inSuperBlock(address: number, level: number, number: number, at: number, blockEntries: number): ByteReader | null {
    const block = this.#open(address, "EASB");
    block.skip(this.#offsetBytes);
    const blocks = 2 ** Math.floor(level / 2);
    const paged = blockEntries > this.#pageEntries;
    const bitmapBytes = paged ? Math.ceil(blockEntries / this.#pageEntries / 8) : 0;
    const bitmaps = block.take(bitmapBytes * blocks);
    block.skip(number * this.#file.offsetSize);
    return this.#inBlock(block.address(), at, blockEntries, paged ? bitmaps.subarray(number * bitmapBytes) : null);
  }

  #inBlock(address: number | null, at: number, blockEntries: number, bitmap: Uint8Array | null): ByteReader | null {
    if (address === null) return null;
    const block = this.#open(address, "EADB");
    block.skip(this.#offsetBytes);
    if (blockEntries <= this.#pageEntries) return block.at(block.position + at * this.#entryBytes, this.#entryBytes);
    const page = Math.floor(at / this.#pageEntries);
    if (bitmap !== null && !hasBit(bitmap, page)) return null;
    // Each page, as the block in front of it, ends in a checksum of four bytes.
    const start = block.position + 4 + page * (this.#pageEntries * this.#entryBytes + 4);
    return block.at(start + (at % this.#pageEntries) * this.#entryBytes, this.#entryBytes);
  }

  #open(address: number, signature: string): ByteReader {
    const block = this.#file.at(address);
    block.signature(signature);
    block.skip(2 + this.#file.offsetSize);
    return block;
  }
}
