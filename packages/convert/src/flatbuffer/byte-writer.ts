import { SCALAR_BYTES, type Scalar } from "./layout.ts";
import { WRITE_SCALAR } from "./scalars.ts";

/** A field of a table: `put` writes it at the place where the writer is. */
export interface TableSlot {
  readonly index: number;
  readonly bytes: number;
  readonly put: () => void;
}

/**
 * Writes a flatbuffer from its end towards its beginning, as the format's own builders do, so that offsets always point forwards. Positions
 * are counted from the end: they stay true when the memory grows.
 */
export class ByteWriter {
  #memory = new Uint8Array(1024);
  #view = new DataView(this.#memory.buffer);
  #used = 0;
  #alignment = 4;
  readonly #vtables = new Map<string, number>();

  /** Makes room for `bytes`, after which the position is a multiple of `alignment` once `ahead` more bytes are written. */
  #prepare(bytes: number, alignment: number, ahead = 0): void {
    this.#alignment = Math.max(this.#alignment, alignment);
    const padding = (alignment - ((this.#used + bytes + ahead) % alignment)) % alignment;
    const needed = this.#used + padding + bytes;
    if (needed > this.#memory.byteLength) this.#grow(needed);
    this.#used = needed;
  }

  #grow(needed: number): void {
    let size = this.#memory.byteLength;
    while (size < needed) size *= 2;
    const larger = new Uint8Array(size);
    larger.set(this.#memory, size - this.#memory.byteLength);
    this.#memory = larger;
    this.#view = new DataView(larger.buffer);
  }

  get #start(): number {
    return this.#memory.byteLength - this.#used;
  }

  scalar(kind: Scalar, value: number): void {
    this.#prepare(SCALAR_BYTES[kind], SCALAR_BYTES[kind]);
    this.#put(kind, this.#start, value);
  }

  #put(kind: Scalar, at: number, value: number): void {
    WRITE_SCALAR[kind](this.#view, at, value);
  }

  /** An offset to something already written. */
  offset(position: number): void {
    this.#prepare(4, 4);
    this.#view.setUint32(this.#start, this.#used - position, true);
  }

  byteVector(bytes: Uint8Array, alignment: number): number {
    this.#prepare(bytes.byteLength, Math.max(4, alignment));
    this.#memory.set(bytes, this.#start);
    return this.#count(bytes.byteLength);
  }

  /** The terminating zero is not counted. */
  string(text: string): number {
    const bytes = new TextEncoder().encode(text);
    this.#prepare(bytes.byteLength + 1, 4);
    this.#memory.set(bytes, this.#start);
    this.#memory[this.#start + bytes.byteLength] = 0;
    return this.#count(bytes.byteLength);
  }

  vector(kind: Scalar, values: readonly (number | boolean)[], alignment: number): number {
    this.#prepare(values.length * SCALAR_BYTES[kind], Math.max(4, alignment));
    for (const [index, value] of values.entries()) this.#put(kind, this.#start + index * SCALAR_BYTES[kind], Number(value));
    return this.#count(values.length);
  }

  offsets(positions: readonly number[]): number {
    this.#prepare(positions.length * 4, 4);
    for (const [index, position] of positions.entries())
      this.#view.setUint32(this.#start + index * 4, this.#used - index * 4 - position, true);
    return this.#count(positions.length);
  }

  #count(length: number): number {
    this.#prepare(4, 4);
    this.#view.setUint32(this.#start, length, true);
    return this.#used;
  }

  /** The table's fields, widest first, in front of them the offset of its vtable. */
  table(slots: readonly TableSlot[]): number {
    const end = this.#used;
    const places = new Map<number, number>();
    for (const { index, put } of slots.toReversed()) {
      put();
      places.set(index, this.#used);
    }
    this.#prepare(4, 4);
    const table = this.#used;
    const length = slots.length === 0 ? 0 : Math.max(...slots.map(({ index }) => index)) + 1;
    const vtable = [
      4 + length * 2,
      table - end,
      ...Array.from({ length }, (_, index) => (places.has(index) ? table - (places.get(index) ?? 0) : 0)),
    ];
    const key = vtable.join();
    const shared = this.#vtables.get(key) ?? this.#writeVtable(vtable);
    this.#vtables.set(key, shared);
    // Signed: the vtable may lie behind its table.
    this.#view.setInt32(this.#memory.byteLength - table, shared - table, true);
    return table;
  }

  #writeVtable(entries: readonly number[]): number {
    this.#prepare(entries.length * 2, 2);
    for (const [index, entry] of entries.entries()) this.#view.setUint16(this.#start + index * 2, entry, true);
    return this.#used;
  }

  /** Puts the offset of the root and the identifier in front. */
  finish(root: number, identifier: string): Uint8Array {
    this.#prepare(4, this.#alignment, 4);
    for (let index = 0; index < 4; index += 1) this.#memory[this.#start + index] = identifier.charCodeAt(index);
    this.offset(root);
    return this.#memory.slice(this.#start);
  }
}
