/* oxlint-disable jsx-a11y/prefer-tag-over-role -- a datalist has no colours and no marked line that the field could know */
"use client";
import { cn } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { useEffect } from "react";
import { ColouredFilter } from "./coloured-filter.tsx";
import type { FilterOption } from "./use-filter-options.ts";

export interface FilterOptionsProps {
  id: string;
  options: readonly FilterOption[];
  active: number;
  onChoose: (option: FilterOption) => void;
}

export function optionId(listId: string, index: number): string {
  return `${listId}-${index}`;
}

/** The popup of the filter field. The focus stays in the field, which says by `aria-activedescendant` which line is meant. */
export function FilterOptions({ id, options, active, onChoose }: FilterOptionsProps) {
  const t = useTranslations("devices.filter");
  useEffect(() => {
    document.querySelector(`#${CSS.escape(optionId(id, active))}`)?.scrollIntoView({ block: "nearest" });
  }, [id, active]);
  return (
    <div
      id={id}
      role="listbox"
      aria-label={t("suggestions")}
      className="absolute top-full left-0 z-20 mt-1 max-h-72 w-full min-w-64 overflow-y-auto rounded-md border border-line-strong bg-surface py-1"
    >
      {options.map((option, index) => (
        // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the keys are the field's
        <div
          key={`${option.kind} ${option.label}`}
          id={optionId(id, index)}
          role="option"
          aria-selected={index === active}
          // The field keeps the focus.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onChoose(option)}
          className={cn(
            "flex min-h-7 cursor-default items-center gap-3 px-2 text-sm",
            index === active ? "bg-accent-soft" : "hover:bg-sunken",
          )}
        >
          {option.kind === "recent" || option.kind === "example" ? (
            <ColouredFilter text={option.label} className="min-w-0 truncate" />
          ) : (
            <code className="min-w-0 truncate font-mono text-xs">{option.label}</code>
          )}
          <span className="ml-auto shrink-0 text-muted text-xs">{t(`optionKinds.${option.kind}`)}</span>
        </div>
      ))}
    </div>
  );
}
