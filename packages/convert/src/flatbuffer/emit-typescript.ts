import type { FieldLayout, FieldType } from "./layout.ts";
import type { ParsedSchema } from "./parse-schema.ts";

/** Interfaces, enumerations and the layout `name` of a schema, in TypeScript whose types can be stripped. */
export function emitTypescript(schema: ParsedSchema, name: string): string {
  const { enums, ...layout } = schema;
  return [
    "/* oxlint-disable */",
    "// Written by flatbuffer/generate.ts out of the schema beside this folder; do not edit.",
    'import type { SchemaLayout } from "../../flatbuffer/layout.ts";',
    ...Object.entries(enums).map(([title, values]) => `export const ${title} = ${JSON.stringify(values, null, 2)} as const;`),
    ...Object.entries(schema.unions).map(([title, union]) => emitUnion(title, union)),
    ...Object.entries(schema.tables).map(([title, fields]) => emitTable(title, fields)),
    `export const ${name}: SchemaLayout = ${emitLayout(layout)};`,
    "",
  ].join("\n");
}

function emitUnion(title: string, union: readonly (string | null)[]): string {
  const members = union.filter((member) => member !== null);
  return `export type ${title} =\n${members.map((member) => `  | { readonly type: "${member}"; readonly value: ${member} }`).join("\n")};`;
}

function emitTable(title: string, fields: readonly FieldLayout[]): string {
  const lines = fields.map(({ name, type }) => `  readonly ${name}: ${typescriptType(type)};`);
  return lines.length === 0
    ? `export type ${title} = Readonly<Record<string, never>>;`
    : `export interface ${title} {\n${lines.join("\n")}\n}`;
}

function typescriptType(type: FieldType): string {
  switch (type.kind) {
    case "scalar":
      return type.scalar === "bool" ? "boolean" : "number";
    case "string":
      return "string | null";
    case "table":
      return `${type.table} | null`;
    case "union":
      return `${type.union} | null`;
    case "scalars":
      return type.scalar === "u8" ? "Uint8Array" : type.scalar === "bool" ? "readonly boolean[]" : "readonly number[]";
    case "strings":
      return "readonly string[]";
    default:
      return `readonly ${type.table}[]`;
  }
}

/** One line a table: the file is read by people too, when a format is new to them. */
function emitLayout({ root, identifier, tables, unions }: Omit<ParsedSchema, "enums">): string {
  const lines = (entries: Readonly<Record<string, unknown>>): string =>
    Object.entries(entries)
      .map(([title, value]) => `    ${title}: ${JSON.stringify(value)},`)
      .join("\n");
  return `{\n  root: "${root}",\n  identifier: "${identifier}",\n  tables: {\n${lines(tables)}\n  },\n  unions: {\n${lines(unions)}\n  },\n}`;
}
