import { type FieldLayout, type FieldType, SCALAR_BYTES, type Scalar, type SchemaLayout } from "./layout.ts";

export interface ParsedSchema extends SchemaLayout {
  /** Enumerations: names and their numbers. */
  readonly enums: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const SCALARS: Readonly<Record<string, Scalar>> = {
  bool: "bool",
  byte: "i8",
  int8: "i8",
  ubyte: "u8",
  uint8: "u8",
  short: "i16",
  int16: "i16",
  ushort: "u16",
  uint16: "u16",
  int: "i32",
  int32: "i32",
  uint: "u32",
  uint32: "u32",
  float: "f32",
  float32: "f32",
  long: "i64",
  int64: "i64",
  ulong: "u64",
  uint64: "u64",
  double: "f64",
  float64: "f64",
};

interface Declaration {
  readonly keyword: string;
  readonly name: string;
  readonly base: string;
  readonly body: string;
}

/**
 * Reads a FlatBuffers schema, at build time only: tables, unions and enumerations without structs, services and explicit ids, which is all that
 * the formats here use. Source: https://flatbuffers.dev/grammar/
 * @throws Error naming the line that it does not understand
 */
export function parseSchema(text: string): ParsedSchema {
  const plain = text.replaceAll(/\/\/[^\n]*/g, "");
  const declarations = [...plain.matchAll(/\b(table|union|enum|struct)\s+(\w+)\s*(?::\s*(\w+))?\s*\{([^}]*)\}/g)].map(
    ([, keyword = "", name = "", base = "", body = ""]): Declaration => ({ keyword, name, base, body }),
  );
  const enums: Record<string, Record<string, number>> = {};
  const bases = new Map<string, Scalar>();
  const unions: Record<string, (string | null)[]> = {};
  for (const { keyword, name, base, body } of declarations) {
    if (keyword === "struct") throw new Error(`Structs are not supported: ${name}.`);
    if (keyword === "enum") {
      enums[name] = parseEnum(body);
      bases.set(name, scalarOf(base));
    } else if (keyword === "union")
      unions[name] = [null, ...members(body).map((member) => (member.includes("deprecated") ? null : member))];
  }
  const known = { enums, bases, unions };
  const tables = Object.fromEntries(
    declarations.filter(({ keyword }) => keyword === "table").map(({ name, body }) => [name, parseFields(body, known)]),
  );
  return { root: capture(plain, /root_type\s+(\w+)/), identifier: capture(plain, /file_identifier\s+"(\w{4})"/), tables, unions, enums };
}

interface Known {
  readonly enums: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly bases: ReadonlyMap<string, Scalar>;
  readonly unions: Readonly<Record<string, unknown>>;
}

function parseFields(body: string, known: Known): FieldLayout[] {
  const fields: FieldLayout[] = [];
  let slot = 0;
  for (const line of body.split(";").map((part) => part.trim())) {
    if (line === "") continue;
    const match = /^(\w+)\s*:\s*(\[?)\s*(\w+)\s*\]?\s*(?:=\s*([\w.+-]+))?\s*(?:\(([^)]*)\))?$/.exec(line);
    if (match === null) throw new Error(`Not a field: ${line}`);
    const [, name = "", bracket = "", typeName = "", fallback = "", attributes = ""] = match;
    const type = fieldType(bracket === "[", typeName, fallback, attributes, known);
    if (!/\bdeprecated\b/.test(attributes)) fields.push({ name: camelCase(name), slot, type });
    slot += type.kind === "union" ? 2 : 1;
  }
  return fields;
}

function fieldType(vector: boolean, name: string, fallback: string, attributes: string, known: Known): FieldType {
  const scalar = SCALARS[name] ?? known.bases.get(name);
  if (scalar !== undefined) {
    if (!vector) return { kind: "scalar", scalar, fallback: fallbackOf(fallback, known.enums[name]) };
    const forced = /force_align:\s*(\d+)/.exec(attributes)?.[1];
    return { kind: "scalars", scalar, alignment: forced === undefined ? SCALAR_BYTES[scalar] : Number(forced) };
  }
  if (name === "string") return { kind: vector ? "strings" : "string" };
  if (!(name in known.unions)) return vector ? { kind: "tables", table: name } : { kind: "table", table: name };
  if (vector) throw new Error(`Vectors of unions are not supported: ${name}.`);
  return { kind: "union", union: name };
}

function fallbackOf(text: string, names: Readonly<Record<string, number>> | undefined): number {
  if (text === "") return 0;
  if (text === "true" || text === "false") return Number(text === "true");
  const value = names?.[text] ?? Number(text);
  if (Number.isNaN(value)) throw new Error(`Not a default value: ${text}.`);
  return value;
}

function parseEnum(body: string): Record<string, number> {
  const values: Record<string, number> = {};
  let next = 0;
  for (const member of members(body)) {
    const [, name = "", given] = /^(\w+)\s*(?:=\s*(-?\d+))?/.exec(member) ?? [];
    if (given !== undefined) next = Number(given);
    values[name] = next;
    next += 1;
  }
  return values;
}

function members(body: string): string[] {
  return body
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function scalarOf(name: string): Scalar {
  const scalar = SCALARS[name];
  if (scalar === undefined) throw new Error(`Not the type of an enumeration: ${name}.`);
  return scalar;
}

function capture(text: string, pattern: RegExp): string {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`The schema lacks ${pattern.source}.`);
  return found;
}

function camelCase(name: string): string {
  return name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
