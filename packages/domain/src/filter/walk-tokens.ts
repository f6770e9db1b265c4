import { isFilterField, typeOfField } from "./fields.ts";
import type { FilterSubject } from "./filter.ts";
import type { FilterToken } from "./tokenize.ts";

/** What a token is in its place: for colours. `search` is a text that a name contains. */
export type TokenRole = "keyword" | "field" | "tag" | "operator" | "value" | "search" | "bracket" | "bad";

/** What may come next. */
export type Expected = "condition" | "tag-key" | "operator" | "in" | "value" | "list" | "list-value" | "list-next" | "connector";

export interface WalkState {
  readonly expected: Expected;
  /** What the condition that is begun is about. */
  readonly subject: FilterSubject | null;
  readonly openParentheses: number;
}

export const WALK_START: WalkState = { expected: "condition", subject: null, openParentheses: 0 };

/** Follows a text that may be half typed or wrong, a token at a time: it never refuses, it only says what each token looks like. */
export function walkToken(state: WalkState, token: FilterToken): { readonly role: TokenRole; readonly state: WalkState } {
  if (token.kind === "bad") return { role: token.text.startsWith('"') ? "value" : "bad", state };
  if (token.kind === "symbol") return walkSymbol(state, token.text);
  const word = token.kind === "word" ? token.text.toLowerCase() : "";
  if (["and", "or"].includes(word)) return { role: "keyword", state: { ...state, expected: "condition", subject: null } };
  if (word === "not") return { role: "keyword", state: { ...state, expected: state.expected === "operator" ? "in" : "condition" } };
  if (word === "in" && (state.expected === "operator" || state.expected === "in")) {
    return { role: "keyword", state: { ...state, expected: "list" } };
  }
  if (word === "ago" && state.expected === "connector") return { role: "keyword", state };
  return walkWord(state, token);
}

function walkSymbol(state: WalkState, text: string): ReturnType<typeof walkToken> {
  const { expected, openParentheses } = state;
  if (text === ":") return { role: "operator", state: { ...state, expected: "tag-key" } };
  if (text === ",") return { role: "bracket", state: { ...state, expected: "list-value" } };
  if (text === "(") {
    if (expected === "list") return { role: "bracket", state: { ...state, expected: "list-value" } };
    return { role: "bracket", state: { expected: "condition", subject: null, openParentheses: openParentheses + 1 } };
  }
  if (text === ")") {
    const ofList = expected === "list-value" || expected === "list-next";
    return {
      role: "bracket",
      state: { expected: "connector", subject: null, openParentheses: ofList ? openParentheses : Math.max(0, openParentheses - 1) },
    };
  }
  return { role: "operator", state: { ...state, expected: "value" } };
}

function walkWord(state: WalkState, token: FilterToken): ReturnType<typeof walkToken> {
  switch (state.expected) {
    case "value":
    case "connector":
      return { role: "value", state: { ...state, expected: "connector" } };
    case "list-value":
    case "list-next":
    case "list":
      return { role: "value", state: { ...state, expected: "list-next" } };
    case "tag-key":
      return {
        role: "tag",
        state: { ...state, expected: state.subject === null ? "connector" : "operator", subject: { tag: token.value } },
      };
    default:
      return walkSubject(state, token);
  }
}

function walkSubject(state: WalkState, token: FilterToken): ReturnType<typeof walkToken> {
  const { text, value } = token;
  if (token.kind === "string") return { role: "search", state: { ...state, expected: "operator", subject: { tag: value } } };
  if (text === "tag.") return { role: "tag", state: { ...state, expected: "tag-key", subject: { tag: "" } } };
  if (text.toLowerCase() === "tag") return { role: "tag", state: { ...state, expected: "operator", subject: null } };
  if (isFilterField(text)) {
    const expected = typeOfField(text) === "flag" ? "connector" : "operator";
    return { role: "field", state: { ...state, expected, subject: { field: text } } };
  }
  return {
    role: "tag",
    state: { ...state, expected: "operator", subject: { tag: text.startsWith("tag.") ? text.slice("tag.".length) : text } },
  };
}
