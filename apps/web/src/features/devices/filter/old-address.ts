import { type FilterNode, filterHealths, filterOfConditions, parseFilter, printFilter } from "@flotilla/domain/filter";

/** What an address said before there was the filter language, one parameter a condition; lists are parted by commas. */
export interface OldAddress {
  readonly q: string | null;
  readonly health: readonly string[] | null;
  readonly online: boolean | null;
  readonly profile: readonly string[] | null;
  /** `site=harbour`; the first `=` divides. */
  readonly tag: readonly string[] | null;
  readonly model: string | null;
  readonly release: string | null;
  readonly reason: string | null;
}

/** The same filter in the language, for links that people keep; empty where nothing, or nothing that makes sense, was asked. */
export function translateOldAddress(old: OldAddress): string {
  const conditions: string[] = [];
  const text = (value: string) => JSON.stringify(value);
  if (old.q !== null && old.q.trim() !== "") conditions.push(text(old.q.trim()));
  const healths = (old.health ?? []).filter((value) => (filterHealths as readonly string[]).includes(value));
  if (healths.length > 0) conditions.push(`health in (${healths.join(", ")})`);
  if (old.online !== null) conditions.push(old.online ? "online" : "not online");
  if (old.profile !== null && old.profile.length > 0) conditions.push(`profile in (${old.profile.map(text).join(", ")})`);
  for (const tag of old.tag ?? []) {
    const at = tag.includes("=") ? tag.indexOf("=") : tag.length;
    conditions.push(`tag.${text(tag.slice(0, at))} = ${text(tag.slice(at + 1))}`);
  }
  if (old.model !== null) conditions.push(`modelId = ${text(old.model)}`);
  if (old.release !== null) conditions.push(`releaseId = ${text(old.release)}`);
  if (old.reason !== null) conditions.push(`reason = ${text(old.reason)}`);
  return printFilter(filterOfConditions(conditions.flatMap(readCondition)));
}

/** An old address that was changed by hand may hold an id that is none: that condition is left out. */
function readCondition(condition: string): FilterNode[] {
  const parsed = parseFilter(condition);
  return parsed.ok && parsed.filter.kind !== "all" ? [parsed.filter] : [];
}
