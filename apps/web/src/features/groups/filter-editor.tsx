"use client";
import type { DeviceFilter } from "@flotilla/contracts";
import { Field, Input } from "@flotilla/ui";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useDeferredValue } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { AddCondition } from "../devices/filter/add-condition.tsx";
import { ConditionChips } from "../devices/filter/condition-chips.tsx";
import { useErrorText } from "../shell/use-reason-text.ts";

const NO_SUGGESTIONS = { profiles: [], tagKeys: [] };

/** A filter with the number of devices that it holds now. */
export function FilterEditor({ filter, onChange }: { filter: DeviceFilter; onChange: (filter: DeviceFilter) => void }) {
  const t = useTranslations("groups.dialog");
  const say = useErrorText();
  const trpc = useTRPC();
  const counted = useDeferredValue(filter);
  const count = useQuery(trpc.groups.count.queryOptions({ filter: counted }, { placeholderData: keepPreviousData }));
  return (
    <div className="flex flex-col gap-3 rounded-md border p-3">
      <Field label={t("search")}>
        <Input
          type="search"
          maxLength={120}
          value={filter.search ?? ""}
          onChange={(event) => {
            const { search: _search, ...rest } = filter;
            onChange(event.target.value === "" ? rest : { ...rest, search: event.target.value });
          }}
        />
      </Field>
      <div className="flex flex-wrap items-center gap-2">
        <AddCondition filter={filter} onChange={onChange} suggestions={NO_SUGGESTIONS} />
        <ConditionChips filter={filter} onChange={onChange} />
      </div>
      <output className="text-muted">
        {count.data === undefined ? (count.error === null ? t("counting") : say(count.error)) : t("matches", count.data)}
      </output>
    </div>
  );
}
