"use client";
import { completeFilter, type FilterVocabulary, type Suggestion } from "@flotilla/domain/filter";
import { useMemo } from "react";
import { readRecentFilters } from "./recent-filters.ts";

/** A line of the popup: what it says, and the text and the cursor that choosing it makes. */
export interface FilterOption {
  kind: Suggestion["kind"] | "recent" | "example";
  label: string;
  text: string;
  cursor: number;
}

const EXAMPLES = ["not online and lastSeen > 1d", "health in (failed, warning)", "memoryMb >= 512 and not tag:lab", 'name ~ "cam-*"'];

/** What could be typed at the cursor; in an empty field also whole filters: those of before, and examples. */
export function useFilterOptions(text: string, cursor: number, vocabulary: FilterVocabulary, open: boolean): FilterOption[] {
  return useMemo(() => {
    if (!open) return [];
    const { start, end, suggestions } = completeFilter(text, cursor, vocabulary);
    const offered = suggestions.map(({ kind, label, insert }): FilterOption => {
      // A space that is there already is not put there again.
      const rest = text.slice(end);
      const put = insert.endsWith(" ") && rest.startsWith(" ") ? insert.slice(0, -1) : insert;
      return { kind, label, text: text.slice(0, start) + put + rest, cursor: start + insert.length };
    });
    if (text.trim() !== "") return offered;
    const whole = (kind: "recent" | "example") => (filter: string) => ({ kind, label: filter, text: filter, cursor: filter.length });
    const recent = readRecentFilters();
    return [...recent.map(whole("recent")), ...EXAMPLES.filter((each) => !recent.includes(each)).map(whole("example")), ...offered];
  }, [text, cursor, vocabulary, open]);
}
