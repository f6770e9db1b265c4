"use client";
import type { DeviceListPage } from "@flotilla/contracts/views";
import { Button, EmptyState, PageHeader, Skeleton, SkeletonGroup, SkeletonRows } from "@flotilla/ui";
import { Cpu, Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { parseAsBoolean, parseAsStringLiteral, useQueryState, useQueryStates } from "nuqs";
import { useCallback, useMemo, useState } from "react";
import { QueryFailure } from "../shell/query-failure.tsx";
import { useSession } from "../shell/session.tsx";
import { DeviceToolbar } from "./device-toolbar.tsx";
import { useUrlFilter } from "./filter/use-url-filter.ts";
import { PendingDevices } from "./pending-devices.tsx";
import { SimulateButton, SimulatedNotice } from "./simulated-devices.tsx";
import { type DeviceSort, listedStates, useDevicePages } from "./use-device-pages.ts";

/** The table comes while its first rows are asked for. */
const DevicesTable = dynamic(async () => (await import("./devices-table.tsx")).DevicesTable, { loading: () => <ListSkeleton /> });
const AddDevicesDialog = dynamic(async () => (await import("./add-devices-dialog.tsx")).AddDevicesDialog, { ssr: false });
const GroupDialog = dynamic(async () => (await import("../groups/group-dialog.tsx")).GroupDialog, { ssr: false });

const sortParsers = {
  sort: parseAsStringLiteral(["name", "lastSeen", "health"] as const).withDefault("name"),
  desc: parseAsBoolean.withDefault(false),
};

function useUrlSort(): [DeviceSort, (sort: DeviceSort) => void] {
  const [{ sort, desc }, setSort] = useQueryStates(sortParsers, { history: "replace" });
  const value = useMemo(() => ({ by: sort, desc }), [sort, desc]);
  return [value, (next) => void setSort({ sort: next.by, desc: next.desc })];
}

function titleKey(totalIs: DeviceListPage["totalIs"], narrowing: boolean) {
  if (totalIs === "more") return "titleMore";
  if (totalIs === "about") return "titleAbout";
  return narrowing ? "titleFiltered" : "title";
}

export function DevicesPage() {
  const t = useTranslations("devices");
  const session = useSession();
  const [filter, setFilter] = useUrlFilter();
  const [sort, setSort] = useUrlSort();
  const [state, setState] = useQueryState(
    "state",
    parseAsStringLiteral(listedStates).withDefault("ACTIVE").withOptions({ history: "replace" }),
  );
  const [adding, setAdding] = useQueryState("add", parseAsBoolean.withDefault(false));
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [grouping, setGrouping] = useState<"filter" | "selection" | null>(null);
  const { query, devices, total, totalIs, rows, setVisible } = useDevicePages(state, filter, sort);
  const { fetchNextPage, isFetchingNextPage } = query;
  const loadMore = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, isFetchingNextPage]);
  const narrowing = filter !== "";
  const empty = query.data !== undefined && rows === 0 && !narrowing && state === "ACTIVE";
  const mayAdd = session.can("token:write");
  const mayGroup = session.can("group:write");
  const addButton = mayAdd && (
    <Button variant="primary" icon={<Plus size={14} aria-hidden />} onClick={() => void setAdding(true)}>
      {t("add")}
    </Button>
  );
  return (
    <>
      <PageHeader
        title={query.data === undefined ? t("table") : t(titleKey(totalIs, narrowing), { count: total })}
        actions={empty ? undefined : addButton}
      />
      <PendingDevices />
      <SimulatedNotice />
      {query.data === undefined ? (
        query.error === null ? (
          <ListSkeleton />
        ) : (
          <QueryFailure error={query.error} retrying={query.isFetching} onRetry={() => void query.refetch()} />
        )
      ) : empty ? (
        <EmptyState
          title={t("empty.title")}
          icon={<Cpu size={24} />}
          action={
            <div className="flex flex-wrap justify-center gap-2">
              <SimulateButton />
              {addButton}
            </div>
          }
        >
          {t("empty.text")}
        </EmptyState>
      ) : (
        <>
          <DeviceToolbar
            state={state}
            onState={(next) => void setState(next)}
            filter={filter}
            onChange={setFilter}
            onSaveAsGroup={mayGroup ? () => setGrouping("filter") : undefined}
          />
          {selected.size > 0 && (
            <SelectionBar
              count={selected.size}
              onClear={() => setSelected(new Set())}
              onGroup={mayGroup ? () => setGrouping("selection") : undefined}
            />
          )}
          {rows === 0 ? (
            <EmptyState title={t("emptyFiltered.title")} action={<Button onClick={() => setFilter("")}>{t("filter.clear")}</Button>} />
          ) : (
            <DevicesTable
              devices={devices}
              total={rows}
              hasMore={query.hasNextPage}
              loadMore={loadMore}
              sort={sort}
              onSort={setSort}
              selected={selected}
              onSelect={setSelected}
              onVisible={setVisible}
            />
          )}
        </>
      )}
      {adding && mayAdd && <AddDevicesDialog open onOpenChange={(open: boolean) => void setAdding(open ? true : null)} />}
      {grouping !== null && (
        <GroupDialog
          open
          onOpenChange={(open: boolean) => {
            if (!open) setGrouping(null);
          }}
          start={grouping === "filter" ? { kind: "dynamic", filter } : { kind: "static", deviceIds: [...selected] }}
        />
      )}
    </>
  );
}

function SelectionBar({ count, onClear, onGroup }: { count: number; onClear: () => void; onGroup: (() => void) | undefined }) {
  const t = useTranslations("devices");
  return (
    <div className="mb-3 flex flex-wrap items-center gap-3 rounded-md border bg-accent-soft px-3 py-1.5">
      <output>{t("selected", { count })}</output>
      {onGroup !== undefined && (
        <Button size="sm" onClick={onGroup}>
          {t("groupSelected")}
        </Button>
      )}
      <Button size="sm" variant="ghost" onClick={onClear}>
        {t("clearSelection")}
      </Button>
    </div>
  );
}

function ListSkeleton() {
  return (
    <SkeletonGroup>
      <div className="mb-3 flex gap-2">
        <Skeleton className="h-8 w-56" />
        <Skeleton className="h-8 w-20" />
      </div>
      <SkeletonRows rows={10} />
    </SkeletonGroup>
  );
}
