"use client";
import type { DeviceFilter } from "@flotilla/contracts";
import { X } from "lucide-react";
import { useTranslations } from "next-intl";
import { conditionsOf, withoutCondition } from "./conditions.ts";
import { useConditionText } from "./use-condition-text.ts";

export interface ConditionChipsProps {
  filter: DeviceFilter;
  /** Left out: only shown, not changed. */
  onChange?: (filter: DeviceFilter) => void;
}

/** The conditions of a filter, each with a way to take it out. */
export function ConditionChips({ filter, onChange }: ConditionChipsProps) {
  const t = useTranslations("devices.filter");
  const conditions = conditionsOf(filter);
  const text = useConditionText(conditions);
  const search = filter.search?.trim() ?? "";
  if (conditions.length === 0 && (onChange !== undefined || search === "")) {
    return onChange === undefined ? <span className="text-muted">{t("everything")}</span> : null;
  }
  return (
    <ul className="flex flex-wrap gap-1.5" aria-label={t("active")}>
      {onChange === undefined && search !== "" && <li className={CHIP}>{t("nameContains", { text: search })}</li>}
      {conditions.map((condition) => {
        const words = text(condition);
        return (
          <li key={words} className={CHIP}>
            {words}
            {onChange !== undefined && (
              <button
                type="button"
                aria-label={t("remove", { condition: words })}
                onClick={() => onChange(withoutCondition(filter, condition))}
                className="-mr-1.5 inline-flex size-6 items-center justify-center rounded-full hover:bg-line"
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

const CHIP = "inline-flex h-6 max-w-full items-center gap-1 truncate rounded-full border border-line-strong bg-surface px-2 text-xs";
