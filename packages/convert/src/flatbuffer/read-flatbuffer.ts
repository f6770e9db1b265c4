import { ByteReader } from "./byte-reader.ts";
import { FlatbufferError } from "./errors.ts";
import { type FieldLayout, SCALAR_BYTES, type Scalar, type SchemaLayout } from "./layout.ts";

const MAX_DEPTH = 64;
const MAX_TABLES = 250_000;

/**
 * Decodes a flatbuffer into plain objects, checking every offset, vtable and length on the way: what the C++ library does in a separate verifier.
 * Vectors of bytes stay views into `bytes`; a missing vector is empty, a missing string, table or union is null, a missing scalar is its default.
 * A union's member that this schema does not know is null too. Tables may be shared, so their number and that of the elements copied are limited:
 * a small file cannot become a large one in memory.
 * Source: https://flatbuffers.dev/internals/
 * @throws FlatbufferError
 */
export function readFlatbuffer(schema: SchemaLayout, bytes: Uint8Array): unknown {
  const reader = new ByteReader(bytes);
  reader.require(0, 8, "The header");
  const identifier = String.fromCharCode(...bytes.subarray(4, 8));
  if (identifier !== schema.identifier)
    throw new FlatbufferError(`The file is marked ${JSON.stringify(identifier)} and not ${JSON.stringify(schema.identifier)}.`);
  const decoder = new Decoder(schema, reader);
  return decoder.table(schema.root, reader.follow(0, "The header"), 0);
}

interface TableView {
  readonly position: number;
  readonly vtable: number;
  readonly slots: number;
  readonly size: number;
}

class Decoder {
  readonly #schema: SchemaLayout;
  readonly #reader: ByteReader;
  #tables = 0;
  #elements = 0;

  constructor(schema: SchemaLayout, reader: ByteReader) {
    this.#schema = schema;
    this.#reader = reader;
  }

  table(name: string, position: number, depth: number): unknown {
    this.#tables += 1;
    if (depth > MAX_DEPTH) throw new FlatbufferError(`The tables are nested more than ${MAX_DEPTH} deep, at a ${name}.`);
    if (this.#tables > MAX_TABLES) throw new FlatbufferError(`The file has more than ${MAX_TABLES} tables.`);
    const view = this.#open(name, position);
    return Object.fromEntries((this.#schema.tables[name] ?? []).map((field) => [field.name, this.#field(name, view, field, depth)]));
  }

  #open(name: string, position: number): TableView {
    const reader = this.#reader;
    const vtable = position - reader.i32(position, name);
    const length = reader.u16(vtable, `The vtable of a ${name}`);
    if (length < 4 || length % 2 !== 0) throw new FlatbufferError(`The vtable of a ${name} at byte ${position} has ${length} bytes.`);
    reader.require(vtable, length, `The vtable of a ${name}`);
    const size = reader.u16(vtable + 2, name);
    if (size < 4) throw new FlatbufferError(`A ${name} at byte ${position} has ${size} bytes.`);
    reader.require(position, size, name);
    return { position, vtable, slots: (length - 4) / 2, size };
  }

  /** Where the value of a slot of `width` bytes lies; null where the table leaves it out. */
  #locate(name: string, view: TableView, slot: number, width: number): number | null {
    if (slot >= view.slots) return null;
    const offset = this.#reader.u16(view.vtable + 4 + slot * 2, name);
    if (offset === 0) return null;
    if (offset < 4 || offset + width > view.size)
      throw new FlatbufferError(`A ${name} at byte ${view.position} has a field outside itself, at ${offset} of ${view.size} bytes.`);
    return view.position + offset;
  }

  #field(table: string, view: TableView, { name, slot, type }: FieldLayout, depth: number): unknown {
    const what = `${table}.${name}`;
    if (type.kind === "scalar") {
      const at = this.#locate(what, view, slot, SCALAR_BYTES[type.scalar]);
      const value = at === null ? type.fallback : this.#reader.scalar(type.scalar, at);
      return type.scalar === "bool" ? value !== 0 : value;
    }
    if (type.kind === "union") return this.#union(what, view, slot, type.union, depth);
    const at = this.#locate(what, view, slot, 4);
    if (at === null)
      return type.kind === "string" || type.kind === "table" ? null : type.kind === "scalars" ? this.#scalars(type.scalar, 0, 0) : [];
    const target = this.#reader.follow(at, what);
    switch (type.kind) {
      case "string":
        return this.#string(target, what);
      case "table":
        return this.table(type.table, target, depth + 1);
      case "scalars":
        return this.#scalars(type.scalar, target + 4, this.#length(target, SCALAR_BYTES[type.scalar], what));
      case "strings":
        return this.#items(target, what, (item) => this.#string(item, what));
      default:
        return this.#items(target, what, (item) => this.table(type.table, item, depth + 1));
    }
  }

  #union(what: string, view: TableView, slot: number, union: string, depth: number): unknown {
    const kindAt = this.#locate(what, view, slot, 1);
    const at = this.#locate(what, view, slot + 1, 4);
    const member = kindAt === null ? null : (this.#schema.unions[union]?.[this.#reader.scalar("u8", kindAt)] ?? null);
    return at === null || member === null ? null : { type: member, value: this.table(member, this.#reader.follow(at, what), depth + 1) };
  }

  #length(position: number, width: number, what: string): number {
    const length = this.#reader.u32(position, what);
    this.#reader.require(position + 4, length * width, what);
    return length;
  }

  #string(position: number, what: string): string {
    const length = this.#length(position, 1, what);
    this.#copied(length);
    return Buffer.from(this.#reader.bytes.buffer, this.#reader.bytes.byteOffset + position + 4, length).toString("utf8");
  }

  #scalars(kind: Scalar, position: number, length: number): unknown {
    if (kind === "u8") return this.#reader.bytes.subarray(position, position + length);
    this.#copied(length * SCALAR_BYTES[kind]);
    const values = Array.from({ length }, (_, index) => this.#reader.scalar(kind, position + index * SCALAR_BYTES[kind]));
    return kind === "bool" ? values.map(Boolean) : values;
  }

  #items<T>(position: number, what: string, read: (item: number) => T): T[] {
    const length = this.#length(position, 4, what);
    this.#copied(length * 4);
    return Array.from({ length }, (_, index) => read(this.#reader.follow(position + 4 + index * 4, what)));
  }

  /** What is shared is copied once for each reader; more than the file has four times over is no honest model. */
  #copied(bytes: number): void {
    this.#elements += bytes;
    if (this.#elements > this.#reader.bytes.byteLength * 4 + 1024)
      throw new FlatbufferError("The file uses the same bytes again and again for different vectors.");
  }
}
