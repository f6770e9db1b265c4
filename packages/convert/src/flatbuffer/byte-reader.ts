import { FlatbufferError } from "./errors.ts";
import type { Scalar } from "./layout.ts";
import { READ_SCALAR } from "./scalars.ts";

/** Little-endian reads from bytes of unknown origin: each of them says where it would leave the file. */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    // Not the Buffer that it may be: `slice` on one would share its memory.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** @throws FlatbufferError where `length` bytes at `position` are not all inside the file */
  require(position: number, length: number, what: string): void {
    if (position < 0 || length < 0 || position + length > this.bytes.byteLength)
      throw new FlatbufferError(`${what} would take bytes ${position} to ${position + length} of a file of ${this.bytes.byteLength}.`);
  }

  u16(position: number, what: string): number {
    this.require(position, 2, what);
    return this.#view.getUint16(position, true);
  }

  u32(position: number, what: string): number {
    this.require(position, 4, what);
    return this.#view.getUint32(position, true);
  }

  i32(position: number, what: string): number {
    this.require(position, 4, what);
    return this.#view.getInt32(position, true);
  }

  /** Where the offset at `position` points. Offsets point forwards, and never to themselves. */
  follow(position: number, what: string): number {
    const offset = this.u32(position, what);
    if (offset === 0) throw new FlatbufferError(`${what} has an offset that points to itself, at byte ${position}.`);
    this.require(position + offset, 4, what);
    return position + offset;
  }

  /** One scalar of a range that was checked. */
  scalar(kind: Scalar, position: number): number {
    return READ_SCALAR[kind](this.#view, position);
  }
}
