/** Kinds of scalar that a flatbuffer holds, with the bytes that each takes. */
export const SCALAR_BYTES = {
  bool: 1,
  i8: 1,
  u8: 1,
  i16: 2,
  u16: 2,
  i32: 4,
  u32: 4,
  f32: 4,
  i64: 8,
  u64: 8,
  f64: 8,
} as const satisfies Record<string, number>;

export type Scalar = keyof typeof SCALAR_BYTES;

/** What a field holds: one thing, or a vector of it. */
export type FieldType =
  | { readonly kind: "scalar"; readonly scalar: Scalar; readonly fallback: number }
  | { readonly kind: "string" }
  | { readonly kind: "table"; readonly table: string }
  /** Takes two slots: the number of the member, then the member. */
  | { readonly kind: "union"; readonly union: string }
  | { readonly kind: "scalars"; readonly scalar: Scalar; readonly alignment: number }
  | { readonly kind: "strings" }
  | { readonly kind: "tables"; readonly table: string };

export interface FieldLayout {
  readonly name: string;
  /** Its place in the vtable; of a union the place of the member's number. */
  readonly slot: number;
  readonly type: FieldType;
}

/**
 * The tables of a schema, as the generator writes them (generate.ts). A union lists its members by number; 0 is "nothing".
 * Source of the encoding: https://flatbuffers.dev/internals/
 */
export interface SchemaLayout {
  readonly root: string;
  readonly identifier: string;
  readonly tables: Readonly<Record<string, readonly FieldLayout[]>>;
  readonly unions: Readonly<Record<string, readonly (string | null)[]>>;
}

/**
 * What the writer takes for a table of type `T`: every field may be left out, which means its default.
 */
export type Draft<T> = T extends Uint8Array
  ? Uint8Array
  : T extends string | number | boolean | null
    ? T
    : T extends readonly (infer Item)[]
      ? readonly Draft<Item>[]
      : { readonly [Field in keyof T]?: Draft<T[Field]> | undefined };
