import { convertError } from "../errors.ts";

/** What "undefined address" and "unlimited" look like in 8 bytes, as a double. */
const UNDEFINED = 2 ** 64;

/** A cursor over an HDF5 file. Every read is checked; a read past the end is a typed error, never a wrong number. */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  position: number;
  readonly end: number;
  /** Bytes of an address and of a length; set from the superblock. */
  readonly offsetSize: number;
  readonly lengthSize: number;

  constructor(bytes: Uint8Array, position: number, options: { end?: number; offsetSize?: number; lengthSize?: number } = {}) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = position;
    this.end = Math.min(options.end ?? bytes.length, bytes.length);
    this.offsetSize = options.offsetSize ?? 8;
    this.lengthSize = options.lengthSize ?? 8;
    if (!Number.isSafeInteger(position) || position < 0 || position > this.end) throw truncated(position, this.end);
  }

  /** Another cursor on the same file. */
  at(position: number, length?: number): ByteReader {
    if (length !== undefined && position + length > this.bytes.length) throw truncated(position + length, this.bytes.length);
    const { offsetSize, lengthSize } = this;
    return new ByteReader(this.bytes, position, { offsetSize, lengthSize, ...(length === undefined ? {} : { end: position + length }) });
  }

  get remaining(): number {
    return this.end - this.position;
  }

  skip(count: number): void {
    this.#take(count);
  }

  take(count: number): Uint8Array {
    const from = this.#take(count);
    return this.bytes.subarray(from, from + count);
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** An unsigned integer of `size` bytes; beyond 2^53 it is rounded, which no bounds check lets through. */
  uint(size: number): number {
    const from = this.#take(size);
    let value = 0;
    for (let index = size - 1; index >= 0; index -= 1) value = value * 256 + this.#view.getUint8(from + index);
    return value;
  }

  length(): number {
    return this.uint(this.lengthSize);
  }

  /** A length; null where the format says "unlimited". */
  lengthOrNull(): number | null {
    return this.#orUndefined(this.lengthSize);
  }

  /** An address in the file; null where the format says "undefined". */
  address(): number | null {
    return this.#orUndefined(this.offsetSize);
  }

  #orUndefined(size: number): number | null {
    const value = this.uint(size);
    return value >= (size === 8 ? UNDEFINED : 2 ** (8 * size) - 1) ? null : value;
  }

  /** @throws FlotillaError INVALID_GRAPH where the four letters are not there */
  signature(expected: string): void {
    const found = Buffer.from(this.take(4)).toString("latin1");
    if (found !== expected)
      throw convertError(
        "INVALID_GRAPH",
        `The HDF5 file is damaged: ${expected} was expected at byte ${this.position - 4}. Save the model again.`,
      );
  }

  /** Text up to a zero byte. */
  cString(): string {
    const stop = this.bytes.indexOf(0, this.position);
    if (stop < 0 || stop >= this.end) throw truncated(this.end, this.end);
    const text = Buffer.from(this.bytes.subarray(this.position, stop)).toString("utf8");
    this.position = stop + 1;
    return text;
  }

  #take(count: number): number {
    const from = this.position;
    if (!Number.isSafeInteger(count) || count < 0 || from + count > this.end) throw truncated(from + count, this.end);
    this.position = from + count;
    return from;
  }
}

function truncated(wanted: number, end: number): Error {
  return convertError(
    "TRUNCATED_FILE",
    `The HDF5 file points to byte ${wanted}, but ends at ${end}: it is cut off or damaged. Save the model again and upload the whole file.`,
  );
}
