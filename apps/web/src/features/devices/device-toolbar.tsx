"use client";
import type { DeviceFilter } from "@flotilla/contracts";
import { Button, Input, RadioGroup } from "@flotilla/ui";
import { Search } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import { AddCondition, type FilterSuggestions } from "./filter/add-condition.tsx";
import { ConditionChips } from "./filter/condition-chips.tsx";
import { isNarrowing } from "./filter/conditions.ts";
import { type ListedState, listedStates } from "./use-device-pages.ts";

const TYPING_MS = 250;

export interface DeviceToolbarProps {
  state: ListedState;
  onState: (state: ListedState) => void;
  filter: DeviceFilter;
  onChange: (filter: DeviceFilter) => void;
  suggestions: FilterSuggestions;
  onSaveAsGroup: (() => void) | undefined;
}

/** Search, conditions, and the way from a filter to a group. */
export function DeviceToolbar({ state, onState, filter, onChange, suggestions, onSaveAsGroup }: DeviceToolbarProps) {
  const t = useTranslations("devices.filter");
  const states = useTranslations("devices.states");
  return (
    <div className="mb-3 flex flex-wrap items-center gap-2">
      <SearchField
        value={filter.search ?? ""}
        onChange={(search) => onChange(search === "" ? withoutSearch(filter) : { ...filter, search })}
      />
      <AddCondition filter={filter} onChange={onChange} suggestions={suggestions} />
      <ConditionChips filter={filter} onChange={onChange} />
      <RadioGroup<ListedState>
        className="order-last ml-auto"
        label={states("label")}
        hideLabel
        layout="segmented"
        value={state}
        onValueChange={onState}
        options={listedStates.map((value) => ({ value, label: states(value) }))}
      />
      {isNarrowing(filter) && (
        <>
          <Button variant="ghost" size="sm" onClick={() => onChange({})}>
            {t("clear")}
          </Button>
          {onSaveAsGroup !== undefined && (
            <Button size="sm" onClick={onSaveAsGroup}>
              {t("save")}
            </Button>
          )}
        </>
      )}
    </div>
  );
}

function withoutSearch({ search: _search, ...rest }: DeviceFilter): DeviceFilter {
  return rest;
}

/** Asks the server once the typing rests. */
function SearchField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const t = useTranslations("devices.filter");
  const [text, setText] = useState(value);
  const [known, setKnown] = useState(value);
  if (known !== value) {
    setKnown(value);
    setText(value);
  }
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <div className="relative w-56 max-sm:w-full">
      <Search size={14} aria-hidden className="-translate-y-1/2 absolute top-1/2 left-2 text-faint" />
      <Input
        type="search"
        className="pl-7"
        aria-label={t("search")}
        placeholder={t("searchPlaceholder")}
        maxLength={120}
        value={text}
        onChange={(event) => {
          const next = event.target.value;
          setText(next);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => {
            setKnown(next);
            onChange(next);
          }, TYPING_MS);
        }}
      />
    </div>
  );
}
