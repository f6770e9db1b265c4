import { choicesOf, type FilterFieldName, filterFieldNames, OPERATORS_OF, typeOfField } from "./fields.ts";
import type { FilterSubject } from "./filter.ts";
import { type FilterToken, tokenizeFilter } from "./tokenize.ts";
import { printKey, printSubject } from "./print-filter.ts";
import { WALK_START, type WalkState, walkToken } from "./walk-tokens.ts";

/** What an organisation's fleet has, to be offered: texts of fields, and of each tag's key. */
export interface FilterVocabulary {
  readonly fields: Readonly<Partial<Record<FilterFieldName, readonly string[]>>>;
  readonly tags: Readonly<Record<string, readonly string[]>>;
}

export interface Suggestion {
  readonly kind: "field" | "tag" | "keyword" | "operator" | "value";
  /** What a person reads. */
  readonly label: string;
  /** What takes the place of the text from `start` to `end`. */
  readonly insert: string;
}

export interface Completion {
  readonly start: number;
  readonly end: number;
  readonly suggestions: readonly Suggestion[];
}

const MOST_SUGGESTIONS = 60;
const AGES = ["10m", "1h", "2h", "1d", "1w"];

/** What could stand at the cursor, best first, and which stretch of the text it would replace. */
export function completeFilter(text: string, cursor: number, vocabulary: FilterVocabulary): Completion {
  const tokens = tokenizeFilter(text).filter((token) => token.kind !== "end" && token.start < cursor);
  const last = tokens.at(-1);
  const partial = last !== undefined && last.end >= cursor && isTypedText(last) ? last : null;
  let state = WALK_START;
  for (const token of partial === null ? tokens : tokens.slice(0, -1)) state = walkToken(state, token).state;
  const prefix = partial === null ? "" : text.slice(partial.start, cursor).replace(/^"/, "");
  const offered = offer(state, vocabulary);
  return {
    start: partial?.start ?? cursor,
    end: partial === null ? cursor : endOf(partial, cursor),
    suggestions: rank(offered, prefix).slice(0, MOST_SUGGESTIONS),
  };
}

/** A string without an end reaches to the end of the text: only what is before the cursor was meant. */
function endOf(partial: FilterToken, cursor: number): number {
  return partial.kind === "bad" ? cursor : partial.end;
}

function isTypedText(token: FilterToken): boolean {
  return token.kind === "word" || token.kind === "string" || (token.kind === "bad" && token.text.startsWith('"'));
}

/** Those that begin with what is typed, then those that hold it; in any case. */
function rank(suggestions: readonly Suggestion[], prefix: string): Suggestion[] {
  const wanted = prefix.toLowerCase();
  const rest = (label: string) => label.toLowerCase().replace(/^tag\./, "");
  const begins = suggestions.filter(({ label }) => rest(label).startsWith(wanted) || label.toLowerCase().startsWith(wanted));
  return [...begins, ...suggestions.filter((each) => !begins.includes(each) && each.label.toLowerCase().includes(wanted))];
}

function offer(state: WalkState, vocabulary: FilterVocabulary): Suggestion[] {
  const { expected, subject } = state;
  switch (expected) {
    case "condition":
      return offerConditions(vocabulary);
    case "tag-key":
      return Object.keys(vocabulary.tags).map((key) => ({ kind: "tag", label: key, insert: `${printKey(key)} ` }));
    case "operator":
      return offerOperators(subject);
    case "in":
      return [{ kind: "keyword", label: "in", insert: "in (" }];
    case "list":
      return [{ kind: "keyword", label: "(", insert: "(" }];
    case "value":
      return offerValues(subject, vocabulary, " ");
    case "list-value":
      return offerValues(subject, vocabulary, "");
    case "list-next":
      return [
        { kind: "keyword", label: ",", insert: ", " },
        { kind: "keyword", label: ")", insert: ") " },
      ];
    default:
      return [
        ...["and", "or"].map(keyword),
        ...(state.openParentheses > 0 ? [{ kind: "keyword", label: ")", insert: ") " } as const] : []),
      ];
  }
}

function keyword(word: string): Suggestion {
  return { kind: "keyword", label: word, insert: `${word} ` };
}

function offerConditions({ tags }: FilterVocabulary): Suggestion[] {
  return [
    ...filterFieldNames.map((name): Suggestion => ({ kind: "field", label: name, insert: `${name} ` })),
    ...Object.keys(tags).map(
      (key): Suggestion => ({ kind: "tag", label: printSubject({ tag: key }), insert: `${printSubject({ tag: key })} ` }),
    ),
    { kind: "keyword", label: "tag:", insert: "tag:" },
    keyword("not"),
    { kind: "keyword", label: "(", insert: "(" },
  ];
}

function offerOperators(subject: FilterSubject | null): Suggestion[] {
  const type = subject !== null && "field" in subject ? typeOfField(subject.field) : "text";
  return OPERATORS_OF[type].map((operator) => ({
    kind: operator === "in" ? "keyword" : "operator",
    label: operator,
    insert: operator === "in" ? "in (" : `${operator} `,
  }));
}

function offerValues(subject: FilterSubject | null, { fields, tags }: FilterVocabulary, after: string): Suggestion[] {
  const value = (text: string, insert: string): Suggestion => ({ kind: "value", label: text, insert: insert + after });
  if (subject === null) return [];
  if ("tag" in subject) {
    const known = Object.hasOwn(tags, subject.tag) ? (tags[subject.tag] ?? []) : [];
    return known.map((text) => value(text, JSON.stringify(text)));
  }
  const { field } = subject;
  switch (typeOfField(field)) {
    case "flag":
      return ["true", "false"].map((text) => value(text, text));
    case "age":
      return AGES.map((text) => value(text, text));
    case "choice":
      return choicesOf(field).map((text) => value(text, text));
    case "number":
      return (fields[field] ?? []).map((text) => value(text, text));
    default:
      return (fields[field] ?? []).map((text) => value(text, JSON.stringify(text)));
  }
}
