import { readDuration } from "./durations.ts";
import { choicesOf, type FieldType, type FilterFieldName, OPERATORS_OF, typeOfField } from "./fields.ts";
import type { Comparison, FilterNode, FilterSubject } from "./filter.ts";
import { FilterSyntaxError } from "./filter-error.ts";
import { nearestName } from "./suggest.ts";
import type { FilterToken } from "./tokenize.ts";

/** A condition as it is written: `subject operator value`, or `in` with several values. */
export interface WrittenCondition {
  readonly subject: FilterSubject;
  readonly subjectText: string;
  readonly operator: FilterToken;
  readonly values: readonly FilterToken[];
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/;

export function typeOfSubject(subject: FilterSubject): FieldType {
  return "tag" in subject ? "text" : typeOfField(subject.field);
}

/** Gives a written condition its meaning. Throws FilterSyntaxError at the operator or the value that does not fit the field. */
export function checkCondition(written: WrittenCondition): FilterNode {
  const { subject, subjectText: field, operator, values } = written;
  const type = typeOfSubject(subject);
  const word = operator.text.toLowerCase();
  if (type === "flag") return checkFlag(written);
  if (!OPERATORS_OF[type].includes(word)) {
    throw new FilterSyntaxError("OPERATOR_WRONG", operator, { field, operator: operator.text, allowed: OPERATORS_OF[type].join("  ") });
  }
  if (word === "!=" || word === "!~") return { kind: "not", item: checkPositive(written, type, word.slice(1)) };
  return checkPositive({ ...written, values }, type, word);
}

function checkPositive({ subject, subjectText, values }: WrittenCondition, type: FieldType, operator: string): FilterNode {
  if ("field" in subject && type === "number") {
    return { kind: "compare", field: subject.field, operator: operator as Comparison, value: readOne(values, subjectText, readNumber) };
  }
  if ("field" in subject && type === "age") {
    return { kind: "age", field: subject.field, operator: operator as Comparison, ms: readOne(values, subjectText, readSpan) };
  }
  if (operator === "~") return { kind: "like", subject, pattern: readOne(values, subjectText, (token) => token.value) };
  const texts = values.map((token) => checkText(token, subject, type));
  return { kind: "is", subject, values: [...new Set(texts)] };
}

function checkFlag({ subjectText: field, operator, values }: WrittenCondition): FilterNode {
  if (operator.text !== "=" && operator.text !== "!=") {
    throw new FilterSyntaxError("OPERATOR_WRONG", operator, { field, operator: operator.text, allowed: "=  !=" });
  }
  const said = readOne(values, field, (token) => {
    const word = token.value.toLowerCase();
    if (word !== "true" && word !== "false") throw new FilterSyntaxError("FLAG_VALUE_WRONG", token, { field });
    return word === "true";
  });
  const online = { kind: "online" } as const;
  return said === (operator.text === "=") ? online : { kind: "not", item: online };
}

function readOne<T>(values: readonly FilterToken[], field: string, read: (token: FilterToken, field: string) => T): T {
  const [token] = values;
  if (token === undefined) throw new Error("a condition without a value");
  return read(token, field);
}

function readNumber(token: FilterToken, field: string): number {
  if (token.kind === "string" || !NUMBER.test(token.value))
    throw new FilterSyntaxError("NUMBER_WRONG", token, { field, found: token.text });
  const value = Number(token.value);
  if (!Number.isFinite(value)) throw new FilterSyntaxError("NUMBER_WRONG", token, { field, found: token.text });
  return value + 0;
}

function readSpan(token: FilterToken, field: string): number {
  const ms = token.kind === "string" ? null : readDuration(token.value);
  if (ms === null) throw new FilterSyntaxError("DURATION_WRONG", token, { field, found: token.text });
  return ms;
}

function checkText(token: FilterToken, subject: FilterSubject, type: FieldType): string {
  if ("tag" in subject) return token.value;
  const { field } = subject;
  if (type === "id" && !UUID.test(token.value)) throw new FilterSyntaxError("ID_WRONG", token, { field, found: token.text });
  return type === "choice" ? checkChoice(token, field) : type === "id" ? token.value.toLowerCase() : token.value;
}

function checkChoice(token: FilterToken, field: FilterFieldName): string {
  const choices = choicesOf(field);
  if (choices.includes(token.value)) return token.value;
  const suggestion = nearestName(token.value, choices) ?? choices.slice(0, 5).join(", ");
  throw new FilterSyntaxError("CHOICE_WRONG", token, { field, found: token.text, suggestion });
}
