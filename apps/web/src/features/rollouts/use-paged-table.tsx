"use client";
import { ROLLOUT_PAGE } from "@flotilla/contracts/rollout-dots";
import type { RolloutView } from "@flotilla/contracts/views";
import { Button, Select } from "@flotilla/ui";
import type { ChartTable } from "@flotilla/ui/charts";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { countDevices, type StateChoice, stateChoices } from "./rollout-states.ts";
import { useRolloutTable } from "./use-rollout-table.tsx";

const choices = ["failed", "busy", "waiting", "running"] as const satisfies readonly StateChoice[];

/** The table behind the dots of many devices: a page at a time, and only while it is unfolded. */
export function usePagedTable(rollout: RolloutView): ChartTable {
  const t = useTranslations("rollouts.devices.pages");
  const trpc = useTRPC();
  const tableOf = useRolloutTable(rollout.stages);
  const [isOpen, setOpen] = useState(false);
  const [choice, setChoice] = useState<StateChoice | null>(null);
  /** The device that each page begins with, from the second to the one that is shown. */
  const [starts, setStarts] = useState<readonly string[]>([]);
  const states = choice === null ? undefined : [...stateChoices[choice]];
  const page = trpc.rollouts.devices.queryOptions(
    { id: rollout.id, from: starts.at(-1), states },
    { enabled: isOpen, placeholderData: keepPreviousData },
  );
  const { data } = useQuery(page);
  const { items = [], next = null } = isOpen ? (data ?? {}) : {};
  const first = starts.length * ROLLOUT_PAGE;
  const total = countDevices(rollout.counts, ({ state }) => states === undefined || states.some((one) => one === state));
  return {
    ...tableOf(items),
    onToggle: setOpen,
    controls: (
      <div className="mt-2 flex flex-wrap items-center gap-2">
        <Select
          aria-label={t("show")}
          value={choice ?? "all"}
          onChange={(event) => {
            setChoice(choices.find((one) => one === event.target.value) ?? null);
            setStarts([]);
          }}
          options={[{ value: "all", label: t("all") }, ...choices.map((value) => ({ value, label: t(value) }))]}
          className="w-auto"
        />
        <Button disabled={starts.length === 0} onClick={() => setStarts(starts.slice(0, -1))}>
          {t("previous")}
        </Button>
        <Button disabled={next === null} onClick={() => setStarts(next === null ? starts : [...starts, next])}>
          {t("next")}
        </Button>
        <span className="text-muted tabular-nums">
          {items.length === 0 ? t("none") : t("range", { first: first + 1, last: first + items.length, total })}
        </span>
      </div>
    ),
  };
}
