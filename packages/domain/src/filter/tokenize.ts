import { FilterSyntaxError } from "./filter-error.ts";

export type FilterTokenKind = "word" | "string" | "symbol" | "bad" | "end";

export interface FilterToken {
  readonly kind: FilterTokenKind;
  /** As it is written. */
  readonly text: string;
  /** What it means: a string without its quotes. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/** Sticky: each is tried where the last token ended. A word holds what names, versions, patterns and ids are made of. */
const SPACE = /\s+/uy;
const WORD = /[\p{L}\p{M}\p{N}_.*?/@+#%-]+/uy;
const STRING = /"(?:[^"\\]|\\.)*"/suy;
const SYMBOL = /!=|!~|<=|>=|[()=<>~,:]/uy;

/** Takes a text apart. Never throws: what is no token is `bad`, so that a screen can colour a text that is half typed. Ends with an `end`. */
export function tokenizeFilter(text: string): FilterToken[] {
  const tokens: FilterToken[] = [];
  let at = 0;
  while (at < text.length) {
    const space = matchAt(SPACE, text, at);
    if (space !== null) {
      at += space.length;
      continue;
    }
    const token = tokenAt(text, at);
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ kind: "end", text: "", value: "", start: text.length, end: text.length });
  return tokens;
}

function tokenAt(text: string, start: number): FilterToken {
  const token = (kind: FilterTokenKind, found: string, value = found): FilterToken => ({
    kind,
    text: found,
    value,
    start,
    end: start + found.length,
  });
  const word = matchAt(WORD, text, start);
  if (word !== null) return token("word", word);
  const string = matchAt(STRING, text, start);
  if (string !== null) {
    const value = readString(string);
    return value === null ? token("bad", string) : token("string", string, value);
  }
  const symbol = matchAt(SYMBOL, text, start);
  if (symbol !== null) return token("symbol", symbol);
  if (text[start] === '"') return token("bad", text.slice(start));
  return token("bad", String.fromCodePoint(text.codePointAt(start) ?? 0));
}

function matchAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

/** A string is one of JSON; a NUL is none that Postgres could hold. */
function readString(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text.replaceAll(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1)));
    return typeof value === "string" && !value.includes("\u0000") && value.isWellFormed() ? value : null;
  } catch {
    return null;
  }
}

/** Throws FilterSyntaxError that says what is wrong with a `bad` token. */
export function refuseBadToken(token: FilterToken): void {
  if (token.kind !== "bad") return;
  if (!token.text.startsWith('"')) throw new FilterSyntaxError("UNEXPECTED_CHARACTER", token, { found: token.text });
  const closed = matchAt(STRING, token.text, 0) !== null;
  throw new FilterSyntaxError(closed ? "BROKEN_STRING" : "UNCLOSED_STRING", token);
}
