import { type FilterFieldName, splitPattern } from "@flotilla/domain/filter";
import type { Params } from "./device-sql.ts";

const MB = 2 ** 20;

/** Where a field of one text lies. */
export function textSql(field: FilterFieldName): string {
  switch (field) {
    case "name":
      return `d."name"`;
    case "profile":
      return `d."profileName"`;
    case "phase":
      return `s."phase"`;
    case "reason":
      return `s."reasonCode"`;
    case "arch":
    case "os":
    case "agentVersion":
      return `d."profile" ->> '${field}'`;
    default:
      throw new Error(`the field ${field} is no single text`);
  }
}

/** Texts of the profile that the database keeps in one indexed column, each as `field=text` (migration 0023). */
const FACETS: readonly FilterFieldName[] = ["arch", "os", "agentVersion", "runtime", "provider"];

/** A condition that a facet of the profile is one of the texts; null for a field that is none. */
export function facetSql(field: FilterFieldName, values: readonly string[], params: Params): string | null {
  return FACETS.includes(field) ? `d."profileFacets" && ${params.add(values.map((value) => `${field}=${value}`))}::text[]` : null;
}

/** A condition on any entry of a list in the profile; null for a field that is none. Lax paths never fail, whatever the profile holds. */
export function jsonListSql(field: FilterFieldName, condition: (value: string) => string): string | null {
  const path = field === "runtime" ? "$.runtimes[*].name" : field === "provider" ? "$.runtimes[*].providers[*]" : null;
  if (path === null) return null;
  return `EXISTS (SELECT 1 FROM jsonb_path_query(d."profile", '${path}') e WHERE ${condition(`e #>> '{}'`)})`;
}

/** Where a number lies, and how many of its units a unit of the field is. */
export function numberSql(field: FilterFieldName): { sql: string; scale: number } {
  switch (field) {
    case "memoryMb":
      return { sql: `(d."profile" -> 'memoryBytes')::float8`, scale: MB };
    case "diskFreeMb":
      return { sql: `(d."profile" -> 'diskFreeBytes')::float8`, scale: MB };
    case "cpuCount":
      return { sql: `(d."profile" -> 'cpuCount')::float8`, scale: 1 };
    case "opset":
      return { sql: `d."maxOpset"`, scale: 1 };
    case "temperatureC":
      return { sql: `s."temperatureC"`, scale: 1 };
    case "latencyMs":
      return { sql: `s."latencyP95Ms"`, scale: 1 };
    default:
      throw new Error(`the field ${field} is no number`);
  }
}

/** A pattern in any case. The database's own locale may be C, which knows no lower case of Ü; the index on names is over the same expression. */
export function likeSql(column: string, pattern: string, params: Params): string {
  const parts = splitPattern(pattern.toLowerCase()).map(({ text, wild }) =>
    wild ? (text === "*" ? "%" : "_") : text.replaceAll(/[\\%_]/g, "\\$&"),
  );
  return `lower((${column}) COLLATE "und-x-icu") LIKE ${params.add(parts.join(""))}`;
}

/**
 * What follows of the JSON of all tags from the pattern of one tag's value: it has an index. Null where nothing can be said: a capital sigma becomes another letter by its
 * neighbours, which differ in JSON.
 */
export function tagsLikeSql(tag: string, pattern: string, params: Params): string | null {
  const escaped = (text: string) =>
    JSON.stringify(text)
      .slice(1, -1)
      .replaceAll(/[\\%_]/g, "\\$&");
  const value = splitPattern(pattern.toLowerCase()).map(({ text, wild }) => (wild ? "%" : escaped(text)));
  const like = `%"${escaped(tag.toLowerCase())}": "${value.join("")}"%`;
  return /[σς]/.test(like) ? null : `lower((d."tags"::text) COLLATE "und-x-icu") LIKE ${params.add(like)}`;
}
