import { conditionsOf, type Filter, type FilterNode, filterOfConditions, parseFilter, printFilter } from "@flotilla/domain/filter";

/** A filter that cannot be read has no conditions to show or to change. */
export function readConditions(text: string): readonly FilterNode[] | null {
  const parsed = parseFilter(text);
  return parsed.ok ? conditionsOf(parsed.filter) : null;
}

/** The text with one more condition. A second value of a text's field is one more of a list, any other condition of its kind takes its place. */
export function addCondition(text: string, added: FilterNode): string {
  const conditions = readConditions(text) ?? [];
  const at = conditions.findIndex((each) => sameSubject(each, added));
  const before = conditions[at];
  if (before === undefined) return printFilter(filterOfConditions([...conditions, added]));
  const joined =
    before.kind === "is" && added.kind === "is" ? { ...before, values: [...new Set([...before.values, ...added.values])] } : added;
  return printFilter(filterOfConditions(conditions.with(at, joined)));
}

/** The text without its condition at a place. */
export function removeCondition(text: string, place: number): string {
  const conditions = readConditions(text) ?? [];
  return printFilter(filterOfConditions(conditions.filter((_, at) => at !== place)));
}

/** A tag has one value, and a device is online or not: those are replaced or joined; what a person wrote otherwise is left alone. */
function sameSubject(left: FilterNode, right: FilterNode): boolean {
  if (left.kind === "is" && right.kind === "is") return JSON.stringify(left.subject) === JSON.stringify(right.subject);
  const online = (node: Filter) => node.kind === "online" || (node.kind === "not" && node.item.kind === "online");
  return online(left) && online(right);
}
