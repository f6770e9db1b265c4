import type { FilterFieldName } from "./fields.ts";

/** What a condition looks at: a field that every device has, or one of its tags. */
export type FilterSubject = { readonly field: FilterFieldName } | { readonly tag: string };

export type Comparison = "=" | "<" | "<=" | ">" | ">=";

/**
 * A filter as a tree. Every condition is true or false of a device, never unknown: of what a device has not (a tag, a temperature) every condition but
 * its negation is false. `!=`, `!~` and `not in` are `not` of their positive form, so that there is one way to say each thing.
 */
export type FilterNode =
  | { readonly kind: "and" | "or"; readonly items: readonly FilterNode[] }
  | { readonly kind: "not"; readonly item: FilterNode }
  | { readonly kind: "online" }
  | { readonly kind: "has-tag"; readonly key: string }
  /** One of the texts, exactly. */
  | { readonly kind: "is"; readonly subject: FilterSubject; readonly values: readonly string[] }
  /** A pattern in any case: `*` is any text, `?` one character, `\` makes the next one plain. */
  | { readonly kind: "like"; readonly subject: FilterSubject; readonly pattern: string }
  | { readonly kind: "compare"; readonly field: FilterFieldName; readonly operator: Comparison; readonly value: number }
  /** How long ago an instant was; never is longer ago than everything. */
  | { readonly kind: "age"; readonly field: FilterFieldName; readonly operator: Comparison; readonly ms: number };

/** `all` is the empty text: nothing is asked. */
export type Filter = FilterNode | { readonly kind: "all" };

/** Joins conditions: nested ones of the same kind become one list, a single one stays itself. */
export function joinNodes(kind: "and" | "or", nodes: readonly FilterNode[]): FilterNode {
  const items = nodes.flatMap((node) => (node.kind === kind ? node.items : [node]));
  const [first] = items;
  return items.length === 1 && first !== undefined ? first : { kind, items };
}

/** The conditions that must all hold. */
export function conditionsOf(filter: Filter): readonly FilterNode[] {
  if (filter.kind === "all") return [];
  return filter.kind === "and" ? filter.items : [filter];
}

export function filterOfConditions(conditions: readonly FilterNode[]): Filter {
  return conditions.length === 0 ? { kind: "all" } : joinNodes("and", conditions);
}

/** A pattern for texts that contain this one; its `*`, `?` and `\` are plain. */
export function containing(text: string): string {
  return `*${text.replaceAll(/[\\*?]/g, "\\$&")}*`;
}
