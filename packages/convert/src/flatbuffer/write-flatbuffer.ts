import { ByteWriter } from "./byte-writer.ts";
import { type FieldLayout, SCALAR_BYTES, type SchemaLayout } from "./layout.ts";

type Value = Readonly<Record<string, unknown>>;

/**
 * Encodes plain objects as a flatbuffer: the inverse of `readFlatbuffer`. A field that is left out, null or its default is not written, nor is
 * an empty vector of bytes (to TFLite a buffer with data of no length is a constant); other vectors are written when they are given. Equal vtables are shared; everything is aligned from the end, as the format asks.
 * The same value gives the same bytes.
 */
export function writeFlatbuffer(schema: SchemaLayout, root: object): Uint8Array {
  const writer = new ByteWriter();
  const position = new Encoder(schema, writer).table(schema.root, root as Value);
  return writer.finish(position, schema.identifier);
}

/** A field's slot, and how to put it into its table once everything that it points to is written. */
interface Slot {
  readonly index: number;
  readonly bytes: number;
  readonly put: () => void;
}

class Encoder {
  readonly #schema: SchemaLayout;
  readonly #writer: ByteWriter;

  constructor(schema: SchemaLayout, writer: ByteWriter) {
    this.#schema = schema;
    this.#writer = writer;
  }

  table(name: string, value: Value): number {
    const slots = (this.#schema.tables[name] ?? []).flatMap((field) => this.#slots(field, value[field.name]));
    // The widest fields first, so that none of them needs padding behind a narrower one.
    slots.sort((left, right) => right.bytes - left.bytes || left.index - right.index);
    return this.#writer.table(slots);
  }

  #slots({ slot, type }: FieldLayout, value: unknown): Slot[] {
    if (value === undefined || value === null) return [];
    const writer = this.#writer;
    if (type.kind === "scalar") {
      const number = Number(value);
      return Object.is(number, type.fallback)
        ? []
        : [{ index: slot, bytes: SCALAR_BYTES[type.scalar], put: () => writer.scalar(type.scalar, number) }];
    }
    if (value instanceof Uint8Array && value.byteLength === 0) return [];
    if (type.kind === "union") return this.#union(slot, type.union, value as { readonly type: string; readonly value: Value });
    const position = this.#reference(type, value);
    return [{ index: slot, bytes: 4, put: () => writer.offset(position) }];
  }

  #union(slot: number, union: string, { type, value }: { readonly type: string; readonly value: Value }): Slot[] {
    const number = this.#schema.unions[union]?.indexOf(type) ?? -1;
    if (number < 1) throw new RangeError(`${type} is no member of ${union}.`);
    const position = this.table(type, value);
    return [
      { index: slot, bytes: 1, put: () => this.#writer.scalar("u8", number) },
      { index: slot + 1, bytes: 4, put: () => this.#writer.offset(position) },
    ];
  }

  #reference(type: Exclude<FieldLayout["type"], { kind: "scalar" | "union" }>, value: unknown): number {
    switch (type.kind) {
      case "string":
        return this.#writer.string(value as string);
      case "table":
        return this.table(type.table, value as Value);
      case "scalars":
        return type.scalar === "u8"
          ? this.#writer.byteVector(value as Uint8Array, type.alignment)
          : this.#writer.vector(type.scalar, value as readonly number[], type.alignment);
      case "strings":
        return this.#writer.offsets((value as readonly string[]).map((item) => this.#writer.string(item)));
      default:
        return this.#writer.offsets((value as readonly Value[]).map((item) => this.table(type.table, item)));
    }
  }
}
