import { writeDuration } from "./durations.ts";
import { filterFieldNames, isFilterField, typeOfField } from "./fields.ts";
import { containing, type Filter, type FilterNode, type FilterSubject } from "./filter.ts";
import { nearestName } from "./suggest.ts";
import { tokenizeFilter } from "./tokenize.ts";

const KEYWORDS: readonly string[] = ["and", "or", "not", "in", "tag"];

/** A filter as text, one way for each tree: `parseFilter` of it gives the same tree again. */
export function printFilter(filter: Filter): string {
  return filter.kind === "all" ? "" : printNode(filter);
}

function printNode(node: FilterNode): string {
  switch (node.kind) {
    case "and":
      return node.items.map((item) => (item.kind === "or" ? `(${printNode(item)})` : printNode(item))).join(" and ");
    case "or":
      return node.items.map(printNode).join(" or ");
    case "not":
      return printNegated(node.item);
    default:
      return printCondition(node, false);
  }
}

function printNegated(item: FilterNode): string {
  if (item.kind === "and" || item.kind === "or") return `not (${printNode(item)})`;
  const hasForm = item.kind === "is" || item.kind === "like" || (item.kind === "compare" && item.operator === "=");
  return hasForm ? printCondition(item, true) : `not ${printNode(item)}`;
}

function printCondition(node: FilterNode, negated: boolean): string {
  const bang = negated ? "!" : "";
  switch (node.kind) {
    case "online":
      return "online";
    case "has-tag":
      return `tag:${printKey(node.key)}`;
    case "is": {
      const { subject: asked } = node;
      const values = node.values.map((value) => ("field" in asked && typeOfField(asked.field) === "choice" ? value : printText(value)));
      const single = values.length === 1;
      const subject = printSubject(node.subject);
      return single ? `${subject} ${bang}= ${values[0]}` : `${subject} ${negated ? "not in" : "in"} (${values.join(", ")})`;
    }
    case "like": {
      const searched = negated || "tag" in node.subject || node.subject.field !== "name" ? null : searchedText(node.pattern);
      return searched === null ? `${printSubject(node.subject)} ${bang}~ ${printText(node.pattern)}` : printText(searched);
    }
    case "compare":
      return `${node.field} ${bang}${node.operator} ${printNumber(node.value)}`;
    case "age":
      return `${node.field} ${node.operator} ${writeDuration(node.ms)}`;
    default:
      return printNode(node);
  }
}

/** Texts of no fixed list are always quoted, so that one reads as one. */
function printText(text: string): string {
  return JSON.stringify(text);
}

/** Digits only: `1e21` would be read as a name. */
function printNumber(value: number): string {
  const text = String(value);
  return text.includes("e") ? value.toFixed(Math.abs(value) < 1 ? 20 : 0).replace(/\.?0+$/, "") : text;
}

export function printSubject(subject: FilterSubject): string {
  if ("field" in subject) return subject.field;
  const { tag } = subject;
  const bare = isPlainWord(tag) && !isFilterField(tag) && nearestName(tag, filterFieldNames) === null && !tag.startsWith("tag.");
  if (bare) return tag;
  return `tag.${printKey(tag)}`;
}

export function printKey(key: string): string {
  return isPlainWord(key) ? key : printText(key);
}

function isPlainWord(text: string): boolean {
  const [token, end] = tokenizeFilter(text);
  return token?.kind === "word" && end?.kind === "end" && token.text === text && !KEYWORDS.includes(text.toLowerCase());
}

/** The text of a pattern that only asks for containing it; null for another pattern. */
function searchedText(pattern: string): string | null {
  const text = pattern.slice(1, -1).replaceAll(/\\([\\*?])/g, "$1");
  return containing(text) === pattern ? text : null;
}
