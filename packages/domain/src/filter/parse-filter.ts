import { checkCondition, typeOfSubject, type WrittenCondition } from "./check-condition.ts";
import { filterFieldNames, isFilterField, OPERATORS_OF } from "./fields.ts";
import { containing, type Filter, type FilterNode, type FilterSubject, joinNodes } from "./filter.ts";
import { type FilterError, FilterSyntaxError } from "./filter-error.ts";
import { nearestName } from "./suggest.ts";
import { type FilterToken, refuseBadToken, tokenizeFilter } from "./tokenize.ts";

/** Limits of one filter: what a person can read, and what one statement of SQL should hold. `conditions` counts the values of lists too. */
export const FILTER_LIMITS = { length: 4000, depth: 20, conditions: 200 } as const;

export type ParsedFilter = { readonly ok: true; readonly filter: Filter } | { readonly ok: false; readonly error: FilterError };

/*
 * The language, in EBNF (ISO 14977); words are read in any case, spaces part tokens and mean nothing else.
 *
 *   filter     = [ either ] ;
 *   either     = both , { "or" , both } ;
 *   both       = negated , { "and" , negated } ;
 *   negated    = "not" , negated | "(" , either , ")" | condition ;
 *   condition  = flag | "tag" , ":" , key | subject , operator , value , [ "ago" ] | subject , [ "not" ] , "in" , list | search ;
 *   operator   = "=" | "!=" | "~" | "!~" | "<" | "<=" | ">" | ">=" ;
 *   list       = "(" , value , { "," , value } , ")" ;
 *   subject    = field | "tag." , key | key ;       (a key that is no field and not nearly one is a tag's)
 *   flag       = "online" ;
 *   search     = string | word ;                    (devices whose name contains it)
 *   key, value = string | word ;
 *   word       = ( letter | digit | one of _ . * ? / @ + # % - ) , { the same } ;
 *   string     = a JSON string ;
 */

/** Reads a filter. The text is what is stored; its tree is made once for each use. */
export function parseFilter(text: string): ParsedFilter {
  try {
    if (text.length > FILTER_LIMITS.length) {
      const span = { start: FILTER_LIMITS.length, end: text.length };
      throw new FilterSyntaxError("TOO_LONG", span, { length: text.length, max: FILTER_LIMITS.length });
    }
    return { ok: true, filter: new FilterReader(tokenizeFilter(text)).readAll() };
  } catch (error) {
    if (error instanceof FilterSyntaxError) return { ok: false, error: error.error };
    throw error;
  }
}

/** Recursive descent: one method a rule of the grammar. */
class FilterReader {
  readonly #tokens: readonly FilterToken[];
  #at = 0;
  #depth = 0;
  #conditions = 0;

  constructor(tokens: readonly FilterToken[]) {
    this.#tokens = tokens;
  }

  readAll(): Filter {
    if (this.#peek().kind === "end") return { kind: "all" };
    const filter = this.#either();
    const rest = this.#peek();
    if (rest.kind === "end") return filter;
    throw new FilterSyntaxError(rest.text === ")" ? "PARENTHESIS_UNOPENED" : "CONNECTOR_MISSING", rest);
  }

  #peek(ahead = 0): FilterToken {
    const token = this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)];
    if (token === undefined) throw new Error("a list of tokens without an end");
    refuseBadToken(token);
    return token;
  }

  #next(): FilterToken {
    const token = this.#peek();
    this.#at += 1;
    return token;
  }

  #takes(word: string, ahead = 0): boolean {
    if (!isWord(this.#peek(ahead), word)) return false;
    this.#at += ahead + 1;
    return true;
  }

  #either(): FilterNode {
    const items = [this.#both()];
    while (this.#takes("or")) items.push(this.#both());
    return joinNodes("or", items);
  }

  #both(): FilterNode {
    const items = [this.#negated()];
    while (this.#takes("and")) items.push(this.#negated());
    return joinNodes("and", items);
  }

  #negated(): FilterNode {
    const first = this.#peek();
    this.#depth += 1;
    if (this.#depth > FILTER_LIMITS.depth) throw new FilterSyntaxError("TOO_DEEP", first, { max: FILTER_LIMITS.depth });
    const node = this.#takes("not") ? ({ kind: "not", item: this.#negated() } as const) : this.#primary();
    this.#depth -= 1;
    return node;
  }

  #primary(): FilterNode {
    const open = this.#peek();
    if (open.text !== "(") return this.#condition();
    this.#at += 1;
    const node = this.#either();
    const close = this.#next();
    if (close.kind === "end") throw new FilterSyntaxError("PARENTHESIS_UNCLOSED", open);
    if (close.text !== ")") throw new FilterSyntaxError("CONNECTOR_MISSING", close);
    return node;
  }

  #condition(): FilterNode {
    const first = this.#peek();
    if ((first.kind !== "word" && first.kind !== "string") || isWord(first, "and", "or", "in")) {
      throw new FilterSyntaxError("CONDITION_MISSING", first);
    }
    this.#count(first);
    this.#at += 1;
    if (isWord(first, "tag") && this.#takes(":")) return { kind: "has-tag", key: this.#key().value };
    const dotted = first.kind === "word" && first.text === "tag." ? this.#key() : null;
    const after = this.#peek();
    if (!isOperator(after) && !(isWord(after, "not") && isWord(this.#peek(1), "in"))) return this.#alone(first, dotted);
    const subject = subjectOf(first, dotted);
    const subjectText = dotted === null ? first.text : first.text + dotted.text;
    return this.#compared({ subject, subjectText });
  }

  /** A word or a string that no operator follows. */
  #alone(first: FilterToken, dotted: FilterToken | null): FilterNode {
    if (first.kind === "word") {
      const subject = first.text.startsWith("tag.") || isFilterField(first.text) ? subjectOf(first, dotted) : null;
      if (subject !== null) {
        const type = typeOfSubject(subject);
        if (type === "flag") return { kind: "online" };
        const span = { start: this.#peek().start, end: this.#peek().end };
        throw new FilterSyntaxError("OPERATOR_MISSING", span, { field: first.text, allowed: OPERATORS_OF[type].join("  ") });
      }
      const suggestion = nearestName(first.text, filterFieldNames);
      if (suggestion !== null) throw new FilterSyntaxError("FIELD_UNKNOWN", first, { field: first.text, suggestion });
    }
    return { kind: "like", subject: { field: "name" }, pattern: containing(first.value) };
  }

  #compared(left: Pick<WrittenCondition, "subject" | "subjectText">): FilterNode {
    const negated = this.#takes("not");
    const operator = this.#next();
    const values = isWord(operator, "in") ? this.#list(left.subjectText) : [this.#value(left.subjectText)];
    const node = checkCondition({ ...left, operator, values });
    if (node.kind === "age") this.#takes("ago");
    return negated ? { kind: "not", item: node } : node;
  }

  #list(field: string): FilterToken[] {
    const open = this.#peek();
    if (open.text !== "(") throw new FilterSyntaxError("LIST_MISSING", open);
    this.#at += 1;
    const values = [this.#value(field)];
    while (this.#takes(",")) {
      const value = this.#value(field);
      this.#count(value);
      values.push(value);
    }
    const close = this.#next();
    if (close.text !== ")") throw new FilterSyntaxError("LIST_UNCLOSED", close);
    return values;
  }

  #value(field: string): FilterToken {
    const token = this.#peek();
    if ((token.kind !== "word" && token.kind !== "string") || isWord(token, "and", "or", "not")) {
      throw new FilterSyntaxError("VALUE_MISSING", token, { field });
    }
    this.#at += 1;
    return token;
  }

  #key(): FilterToken {
    const token = this.#next();
    if (token.kind !== "word" && token.kind !== "string") throw new FilterSyntaxError("TAG_KEY_MISSING", token);
    return token;
  }

  #count(token: FilterToken): void {
    this.#conditions += 1;
    if (this.#conditions > FILTER_LIMITS.conditions) {
      throw new FilterSyntaxError("TOO_MANY_CONDITIONS", token, { max: FILTER_LIMITS.conditions });
    }
  }
}

const SYMBOL_OPERATORS: readonly string[] = ["=", "!=", "~", "!~", "<", "<=", ">", ">="];

/** A keyword in any case, or a symbol. A string in quotes is never one. */
function isWord(token: FilterToken, ...words: string[]): boolean {
  return token.kind !== "string" && words.includes(token.text.toLowerCase());
}

function isOperator(token: FilterToken): boolean {
  return (token.kind === "symbol" && SYMBOL_OPERATORS.includes(token.text)) || isWord(token, "in");
}

/** `tag.key` and quoted keys are always tags; a bare word is a field, or a tag unless it is nearly a field. */
function subjectOf(first: FilterToken, dotted: FilterToken | null): FilterSubject {
  if (dotted !== null) return { tag: dotted.value };
  if (first.kind === "string") return { tag: first.value };
  if (first.text.startsWith("tag.")) return { tag: first.text.slice("tag.".length) };
  if (isFilterField(first.text)) return { field: first.text };
  const suggestion = nearestName(first.text, filterFieldNames);
  if (suggestion !== null) throw new FilterSyntaxError("FIELD_UNKNOWN", first, { field: first.text, suggestion });
  return { tag: first.text };
}
