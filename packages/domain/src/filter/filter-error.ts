/** Why a text is no filter. Codes are stable; `params` are what a sentence in any language needs. */
export type FilterErrorCode =
  | "UNEXPECTED_CHARACTER"
  | "UNCLOSED_STRING"
  | "BROKEN_STRING"
  | "CONDITION_MISSING"
  | "OPERATOR_MISSING"
  | "VALUE_MISSING"
  | "TAG_KEY_MISSING"
  | "CONNECTOR_MISSING"
  | "LIST_MISSING"
  | "LIST_UNCLOSED"
  | "PARENTHESIS_UNCLOSED"
  | "PARENTHESIS_UNOPENED"
  | "FIELD_UNKNOWN"
  | "OPERATOR_WRONG"
  | "FLAG_VALUE_WRONG"
  | "NUMBER_WRONG"
  | "DURATION_WRONG"
  | "CHOICE_WRONG"
  | "ID_WRONG"
  | "TOO_LONG"
  | "TOO_DEEP"
  | "TOO_MANY_CONDITIONS";

export type FilterErrorParams = Readonly<Record<string, string | number>>;

/** `start` and `end` are places in the text, in UTF-16 units; the end is the one behind. They are equal where something is missing. */
export interface FilterError {
  readonly code: FilterErrorCode;
  readonly start: number;
  readonly end: number;
  readonly params: FilterErrorParams;
}

/** Inside the reader only: `parseFilter` turns it into an answer. */
export class FilterSyntaxError extends Error {
  readonly error: FilterError;

  constructor(code: FilterErrorCode, span: { readonly start: number; readonly end: number }, params: FilterErrorParams = {}) {
    super(code);
    this.error = { code, start: span.start, end: span.end, params };
  }
}

const SENTENCES: Readonly<Record<FilterErrorCode, string>> = {
  UNEXPECTED_CHARACTER: "The character {found} means nothing here. Put a text with it into double quotes.",
  UNCLOSED_STRING: 'This text has no end: close it with ".',
  BROKEN_STRING: 'This text has an escape that is none: write \\" for a quote and \\\\ for a backslash.',
  CONDITION_MISSING: "A condition is missing here, such as online or memoryMb >= 512.",
  OPERATOR_MISSING: "What about {field}? It is followed by one of {allowed}.",
  VALUE_MISSING: "A value for {field} is missing here.",
  TAG_KEY_MISSING: "The name of a tag is missing here, such as tag:lab.",
  CONNECTOR_MISSING: "Two conditions are joined by and or or.",
  LIST_MISSING: 'in is followed by a list, such as ("a", "b").',
  LIST_UNCLOSED: "The list goes on with a comma or ends with ).",
  PARENTHESIS_UNCLOSED: "This parenthesis is never closed.",
  PARENTHESIS_UNOPENED: "There is no parenthesis to close here.",
  FIELD_UNKNOWN: "There is no field {field}: did you mean {suggestion}? A tag of this name is written tag.{field}.",
  OPERATOR_WRONG: "{field} cannot be asked by {operator}; it takes {allowed}.",
  FLAG_VALUE_WRONG: "{field} is true or false.",
  NUMBER_WRONG: "{field} is a number: {found} is none.",
  DURATION_WRONG: "{field} is a time span such as 45s, 10m, 2h, 3d or 1w: {found} is none.",
  CHOICE_WRONG: "{field} is never {found}: did you mean {suggestion}?",
  ID_WRONG: "{field} is an id of 36 characters: {found} is none.",
  TOO_LONG: "The filter is too long: {length} characters, at most {max}.",
  TOO_DEEP: "The parentheses are nested too deep: at most {max} levels.",
  TOO_MANY_CONDITIONS: "The filter has too many conditions and values: at most {max}.",
};

/** The error in English, for the API and logs; screens have it in their language by its code. */
export function sayFilterError({ code, params }: FilterError): string {
  return SENTENCES[code].replaceAll(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? ""));
}
