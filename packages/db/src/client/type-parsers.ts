import { type CustomTypesConfig, TypeOverrides } from "pg";

const INT8_OID = 20;

/** Sizes and counts fit a double exactly up to 8 PiB; a larger bigint is an error, never a silently wrong number. */
function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is too large for a number`);
  return value;
}

/** pg's own parsers, with `bigint` as number instead of string. */
export function typeParsers(): CustomTypesConfig {
  const overrides = new TypeOverrides();
  overrides.setTypeParser(INT8_OID, parseInt8);
  return overrides;
}
