"use client";
import { Button, RadioGroup } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { AddCondition } from "./filter/add-condition.tsx";
import { ConditionChips } from "./filter/condition-chips.tsx";
import { FilterField } from "./filter/filter-field.tsx";
import { type ListedState, listedStates } from "./use-device-pages.ts";

export interface DeviceToolbarProps {
  state: ListedState;
  onState: (state: ListedState) => void;
  filter: string;
  onChange: (filter: string) => void;
  onSaveAsGroup: (() => void) | undefined;
}

/** The filter, typed or built from conditions, and the way from it to a group. */
export function DeviceToolbar({ state, onState, filter, onChange, onSaveAsGroup }: DeviceToolbarProps) {
  const t = useTranslations("devices.filter");
  const states = useTranslations("devices.states");
  return (
    <div className="mb-3 flex flex-wrap items-start gap-2">
      <FilterField className="min-w-64 flex-1 max-sm:w-full max-sm:flex-none" value={filter} onChange={onChange} />
      <AddCondition filter={filter} onChange={onChange} />
      <RadioGroup<ListedState>
        label={states("label")}
        hideLabel
        layout="segmented"
        value={state}
        onValueChange={onState}
        options={listedStates.map((value) => ({ value, label: states(value) }))}
      />
      {filter !== "" && (
        <div className="flex w-full flex-wrap items-center gap-2">
          <ConditionChips filter={filter} onChange={onChange} />
          <Button variant="ghost" size="sm" onClick={() => onChange("")}>
            {t("clear")}
          </Button>
          {onSaveAsGroup !== undefined && (
            <Button size="sm" onClick={onSaveAsGroup}>
              {t("save")}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
