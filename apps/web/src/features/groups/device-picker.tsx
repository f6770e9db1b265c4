"use client";
import { Checkbox, Field, Input, Skeleton } from "@flotilla/ui";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useDeferredValue, useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";

const MOST_SHOWN = 50;

export interface DevicePickerProps {
  /** The existing group whose list is changed. */
  groupId: string | undefined;
  /** null: as the group has it now. */
  selected: readonly string[] | null;
  onChange: (selected: string[]) => void;
}

/** Chooses devices by name. */
export function DevicePicker({ groupId, selected, onChange }: DevicePickerProps) {
  const t = useTranslations("groups.dialog");
  const trpc = useTRPC();
  const [text, setText] = useState("");
  const search = useDeferredValue(text.trim());
  const list = useQuery(
    trpc.devices.list.queryOptions(
      { state: "ACTIVE", filter: search === "" ? "" : JSON.stringify(search), limit: MOST_SHOWN },
      { placeholderData: keepPreviousData },
    ),
  );
  const members = useQuery(
    trpc.groups.members.queryOptions({ id: groupId ?? "" }, { enabled: groupId !== undefined && selected === null }),
  );
  const chosen = selected ?? members.data ?? [];
  const toggle = (id: string) => onChange(chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id]);
  const hidden = (list.data?.total ?? 0) - (list.data?.items.length ?? 0);
  return (
    <fieldset className="flex flex-col gap-2 rounded-md border p-3">
      <legend className="sr-only">{t("pick")}</legend>
      <Field label={t("pickSearch")}>
        <Input type="search" value={text} maxLength={120} onChange={(event) => setText(event.target.value)} />
      </Field>
      <output className="text-muted text-xs">{t("picked", { count: chosen.length })}</output>
      {list.data === undefined ? (
        <Skeleton className="h-32" />
      ) : (
        <ul className="max-h-56 overflow-y-auto">
          {list.data.items.map((device) => (
            <li key={device.id}>
              <Checkbox label={device.name} checked={chosen.includes(device.id)} onChange={() => toggle(device.id)} />
            </li>
          ))}
          {list.data.items.length === 0 && <li className="text-muted">{t("pickNone")}</li>}
          {hidden > 0 && <li className="text-muted text-xs">{t("pickMore", { count: hidden })}</li>}
        </ul>
      )}
    </fieldset>
  );
}
