"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useTRPC } from "../../trpc/client.tsx";
import { AddCondition } from "../devices/filter/add-condition.tsx";
import { ConditionChips } from "../devices/filter/condition-chips.tsx";
import { FilterField } from "../devices/filter/filter-field.tsx";
import { useErrorText } from "../shell/use-reason-text.ts";

const MOST_SHOWN = 6;

/** A filter with the number of devices that it holds now, and the first of them. */
export function FilterEditor({ filter, onChange }: { filter: string; onChange: (filter: string) => void }) {
  return (
    <div className="flex flex-col gap-3 rounded-md border p-3">
      <FilterField value={filter} onChange={onChange} />
      <div className="flex flex-wrap items-center gap-2">
        <AddCondition filter={filter} onChange={onChange} />
        <ConditionChips filter={filter} onChange={onChange} />
      </div>
      <Matches filter={filter} />
    </div>
  );
}

function Matches({ filter }: { filter: string }) {
  const t = useTranslations("groups.dialog");
  const say = useErrorText();
  const trpc = useTRPC();
  const kept = { placeholderData: keepPreviousData };
  const count = useQuery(trpc.groups.count.queryOptions({ filter }, kept));
  const first = useQuery(trpc.devices.list.queryOptions({ filter, state: "ACTIVE", limit: MOST_SHOWN }, kept));
  const names = (first.data?.items ?? []).map(({ name }) => name);
  const rest = (count.data?.total ?? 0) - names.length;
  return (
    <div className="flex flex-col gap-1">
      <output className="text-muted">
        {count.data === undefined ? (count.error === null ? t("counting") : say(count.error)) : t("matches", count.data)}
      </output>
      {names.length > 0 && (
        <p className="truncate text-muted text-xs" title={names.join(", ")}>
          {rest > 0 ? t("andMore", { names: names.join(", "), count: rest }) : names.join(", ")}
        </p>
      )}
    </div>
  );
}
