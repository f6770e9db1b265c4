/* oxlint-disable jsx-a11y/prefer-tag-over-role -- it is an input: the role says that a list belongs to it */
"use client";
import { type FilterError, parseFilter } from "@flotilla/domain/filter";
import { cn, Input } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { useId, useLayoutEffect, useRef } from "react";
import { ColouredFilter } from "./coloured-filter.tsx";
import { FilterOptions, optionId } from "./filter-options.tsx";
import { useFilterErrorText } from "./use-filter-error-text.ts";
import { useFilterField } from "./use-filter-field.ts";

export interface FilterFieldProps {
  /** The filter that holds. */
  value: string;
  /** Hears of every text that can be read, once the typing rests or Enter says so. */
  onChange: (filter: string) => void;
  className?: string;
}

/**
 * A field for the filter language: colours, completion, and what is wrong underlined at its character. The text lies twice, in the field without colour
 * and in colours beneath it, so that the platform's own field does the editing.
 */
export function FilterField({ value, onChange, className }: FilterFieldProps) {
  const t = useTranslations("devices.filter");
  const say = useFilterErrorText();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const colours = useRef<HTMLElement>(null);
  const field = useFilterField({ value, onChange, input });
  const scroll = () => {
    if (colours.current !== null) colours.current.style.transform = `translateX(${-(input.current?.scrollLeft ?? 0)}px)`;
  };
  useLayoutEffect(scroll);
  const parsed = parseFilter(field.text);
  const error = parsed.ok || !showsError(parsed.error, field) ? null : parsed.error;
  const expanded = field.options.length > 0;
  return (
    <div className={cn("relative min-w-0", className)}>
      <div className="relative">
        <div aria-hidden className="pointer-events-none absolute inset-y-0 right-2 left-2 z-10 flex items-center overflow-hidden">
          <ColouredFilter ref={colours} text={field.text} wrong={error ?? undefined} />
        </div>
        <Input
          ref={input}
          role="combobox"
          aria-label={t("field")}
          aria-autocomplete="list"
          aria-expanded={expanded}
          aria-controls={expanded ? `${id}-list` : undefined}
          aria-activedescendant={field.active >= 0 && expanded ? optionId(`${id}-list`, field.active) : undefined}
          aria-invalid={error === null ? undefined : true}
          aria-describedby={error === null ? undefined : `${id}-error`}
          autoComplete="off"
          autoCapitalize="off"
          autoCorrect="off"
          spellCheck={false}
          className="text-transparent caret-text font-mono text-xs"
          placeholder={t("fieldPlaceholder")}
          value={field.text}
          onScroll={scroll}
          {...field.handlers}
        />
        {expanded && <FilterOptions id={`${id}-list`} options={field.options} active={field.active} onChoose={field.choose} />}
      </div>
      {error !== null && (
        <p id={`${id}-error`} role="alert" className="mt-1 text-bad text-xs">
          {say(error)}
        </p>
      )}
    </div>
  );
}

/** What is only not finished yet is no error while it is being typed. */
function showsError(error: FilterError, field: { text: string; focused: boolean; insisted: boolean }): boolean {
  return field.insisted || !field.focused || error.end < field.text.trimEnd().length;
}
