"use client";
import { printFilter } from "@flotilla/domain/filter";
import { X } from "lucide-react";
import { useTranslations } from "next-intl";
import { ColouredFilter } from "./coloured-filter.tsx";
import { readConditions, removeCondition } from "./edit-conditions.ts";

export interface ConditionChipsProps {
  filter: string;
  /** Left out: only shown, not changed. */
  onChange?: (filter: string) => void;
}

/** The conditions of a filter that must all hold, each with a way to take it out. */
export function ConditionChips({ filter, onChange }: ConditionChipsProps) {
  const t = useTranslations("devices.filter");
  const conditions = readConditions(filter) ?? [];
  if (conditions.length === 0) return onChange === undefined ? <span className="text-muted">{t("everything")}</span> : null;
  return (
    <ul className="flex min-w-0 flex-wrap gap-1.5" aria-label={t("active")}>
      {conditions.map((condition, place) => {
        const text = printFilter(condition);
        return (
          <li key={text} className={CHIP} title={text}>
            <ColouredFilter text={text} className="truncate" />
            {onChange !== undefined && (
              <button
                type="button"
                aria-label={t("remove", { condition: text })}
                onClick={() => onChange(removeCondition(filter, place))}
                className="-mr-1.5 inline-flex size-6 shrink-0 items-center justify-center rounded-full hover:bg-line"
              >
                <X size={12} aria-hidden />
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}

const CHIP = "inline-flex h-6 max-w-full items-center gap-1 rounded-full border border-line-strong bg-surface px-2 text-xs";
