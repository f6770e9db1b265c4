"use client";
import { parseFilter } from "@flotilla/domain/filter";
import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from "react";
import { keepRecentFilter } from "./recent-filters.ts";
import { type FilterOption, useFilterOptions } from "./use-filter-options.ts";
import { useFilterVocabulary } from "./use-filter-vocabulary.ts";

const TYPING_MS = 400;

interface Draft {
  text: string;
  cursor: number;
}

export interface FilterFieldState {
  value: string;
  onChange: (filter: string) => void;
  input: RefObject<HTMLInputElement | null>;
}

/** What the filter field knows while somebody types: the text, the cursor, the popup. */
export function useFilterField({ value, onChange, input }: FilterFieldState) {
  const [draft, setDraft] = useState<Draft>({ text: value, cursor: value.length });
  const [known, setKnown] = useState(value);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const [focused, setFocused] = useState(false);
  const [touched, setTouched] = useState(false);
  const [insisted, setInsisted] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  if (known !== value) {
    setKnown(value);
    if (draft.text.trim() !== value) setDraft({ text: value, cursor: value.length });
  }
  const options = useFilterOptions(draft.text, draft.cursor, useFilterVocabulary(touched), open);

  const commit = (text: string) => {
    clearTimeout(timer.current);
    if (!parseFilter(text).ok) return;
    setKnown(text.trim());
    onChange(text.trim());
  };
  const change = (next: Draft) => {
    setDraft(next);
    setActive(-1);
    setInsisted(false);
    setOpen(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => commit(next.text), TYPING_MS);
  };
  const choose = (option: FilterOption) => {
    change(option);
    // Behind what was put in, once React has written the text.
    requestAnimationFrame(() => input.current?.setSelectionRange(option.cursor, option.cursor));
    if (option.kind === "recent" || option.kind === "example") setOpen(false);
  };
  const finish = () => {
    setOpen(false);
    setInsisted(true);
    commit(draft.text);
    if (parseFilter(draft.text).ok) keepRecentFilter(draft.text);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    // A Chinese or Japanese keyboard's own list has the keys.
    if (event.nativeEvent.isComposing) return;
    const chosen = options[active] ?? (event.key === "Tab" && isTyping(draft) ? options[0] : undefined);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) setOpen(true);
      else if (options.length > 0) setActive(step(active, event.key === "ArrowDown" ? 1 : -1, options.length));
    } else if (event.key === "Escape" && open && options.length > 0) {
      // A dialog around the field stays.
      event.preventDefault();
      event.stopPropagation();
      setOpen(false);
    } else if ((event.key === "Enter" || event.key === "Tab") && chosen !== undefined && !event.shiftKey) {
      event.preventDefault();
      choose(chosen);
    } else if (event.key === "Enter") {
      event.preventDefault();
      finish();
    }
  };
  const handlers = {
    onKeyDown,
    onChange: () => change(readInput(input.current)),
    onSelect: () => setDraft((old) => ({ ...old, cursor: input.current?.selectionEnd ?? old.cursor })),
    onFocus: () => {
      setFocused(true);
      setTouched(true);
    },
    onClick: () => setOpen(true),
    onBlur: () => {
      setFocused(false);
      finish();
    },
  };
  return { text: draft.text, focused, insisted, options, active: Math.min(active, options.length - 1), choose, handlers };
}

function readInput(input: HTMLInputElement | null): Draft {
  const text = input?.value ?? "";
  return { text, cursor: input?.selectionEnd ?? text.length };
}

/** Round the list, by way of none: the text as it is typed. */
function step(active: number, by: number, count: number): number {
  return ((active + 1 + by + count + 1) % (count + 1)) - 1;
}

/** A word is begun at the cursor: Tab then means the first that is offered, and else the next field. */
function isTyping({ text, cursor }: Draft): boolean {
  return /[^\s(),]$/.test(text.slice(0, cursor)) && !/^\S/.test(text.slice(cursor));
}
