/* oxlint-disable jsx-a11y/control-has-associated-label -- the rule takes an empty table cell for a control */
"use client";
import type { DeviceListItem } from "@flotilla/contracts/views";
import { Checkbox, cn, Skeleton, Th } from "@flotilla/ui";
import { useTable } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useTranslations } from "next-intl";
import { useEffect, useRef } from "react";
import { columnLayout, deviceColumns, deviceTableFeatures } from "./device-columns.tsx";
import type { VisibleRange } from "./pages-on-screen.ts";
import type { DeviceSort } from "./use-device-pages.ts";

const ROW_PX = 40;
const OVERSCAN = 10;
const SELECT_PX = 40;
const NAME_MIN_PX = 180;

export interface DevicesTableProps {
  devices: readonly DeviceListItem[];
  /** Rows in all; those not loaded yet are drawn grey. */
  total: number;
  hasMore: boolean;
  loadMore: () => void;
  sort: DeviceSort;
  onSort: (sort: DeviceSort) => void;
  selected: ReadonlySet<string>;
  onSelect: (selected: ReadonlySet<string>) => void;
  onVisible: (range: VisibleRange) => void;
}

const minWidthPx = SELECT_PX + NAME_MIN_PX + Object.values(columnLayout).reduce((sum, column) => sum + (column.width ?? 0), 0);

/** Only the rows on the screen are in the document; the rest is two spacers. */
export function DevicesTable(props: DevicesTableProps) {
  const { devices, total, hasMore, loadMore, selected, onSelect, onVisible } = props;
  const t = useTranslations("devices");
  const scroller = useRef<HTMLElement>(null);
  const table = useTable({
    features: deviceTableFeatures,
    columns: deviceColumns,
    data: devices,
    getRowId: (device) => device.id,
  });
  const { rows } = table.getRowModel();
  // oxlint-disable-next-line react/incompatible-library -- its functions change every time; nothing here memoises them
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    onVisible({ first, last });
    if (hasMore && last >= devices.length - 1) loadMore();
  }, [first, last, hasMore, devices.length, loadMore, onVisible]);
  const toggle = (id: string) => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    onSelect(next);
  };
  const top = items[0]?.start ?? 0;
  const bottom = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    // A scrollable region has to be reachable by keyboard (WCAG 2.1.1).
    <section
      ref={scroller}
      aria-label={t("table")}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling box needs the focus to be scrolled with the arrows
      tabIndex={0}
      className="relative max-h-[max(20rem,calc(100dvh-15rem))] overflow-auto rounded-lg border bg-surface"
    >
      <table className="w-full table-fixed border-separate border-spacing-0" style={{ minWidth: minWidthPx }} aria-rowcount={total + 1}>
        <Columns />
        <Head {...props} />
        <tbody>
          {top > 0 && <Spacer height={top} />}
          {items.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return <LoadingRow key={item.index} index={item.index} />;
            return (
              <tr
                key={item.index}
                aria-rowindex={item.index + 2}
                className={cn("h-10 hover:bg-sunken", selected.has(row.id) && "bg-accent-soft hover:bg-accent-soft")}
              >
                <td className="border-b pl-4">
                  <Checkbox
                    hideLabel
                    label={t("selectOne", { name: row.original.name })}
                    checked={selected.has(row.id)}
                    onChange={() => toggle(row.id)}
                  />
                </td>
                {row.getAllCells().map((cell) => (
                  <td
                    key={cell.id}
                    className={cn("truncate border-b px-2", columnLayout[cell.column.id]?.numeric === true && "text-right tabular-nums")}
                  >
                    <table.FlexRender cell={cell} />
                  </td>
                ))}
              </tr>
            );
          })}
          {bottom > 0 && <Spacer height={bottom} />}
        </tbody>
      </table>
    </section>
  );
}

function Columns() {
  return (
    <colgroup>
      <col style={{ width: SELECT_PX }} />
      {Object.entries(columnLayout).map(([id, column]) => (
        <col key={id} style={column.width === null ? undefined : { width: column.width }} />
      ))}
    </colgroup>
  );
}

function Head({ devices, selected, onSelect, sort, onSort }: DevicesTableProps) {
  const t = useTranslations("devices");
  const all = devices.length > 0 && devices.every((device) => selected.has(device.id));
  return (
    <thead>
      <tr>
        <th scope="col" className="sticky top-0 z-10 border-b bg-surface pl-4 text-left">
          <Checkbox
            hideLabel
            label={t("selectAll")}
            checked={all}
            indeterminate={!all && selected.size > 0}
            onChange={() => onSelect(all ? new Set() : new Set(devices.map((device) => device.id)))}
          />
        </th>
        {Object.entries(columnLayout).map(([id, column]) => {
          const by = column.sort;
          const label = t(`columns.${id as "name"}`);
          const className = "sticky top-0 z-10 bg-surface first:pl-2 last:pr-2";
          if (by === undefined) {
            return (
              <Th key={id} numeric={column.numeric === true} className={className}>
                {label}
              </Th>
            );
          }
          const state = sort.by !== by ? "none" : sort.desc ? "descending" : "ascending";
          return (
            <Th
              key={id}
              className={className}
              sort={state}
              onSort={() => onSort({ by, desc: sort.by === by ? !sort.desc : by === "lastSeen" })}
            >
              {label}
            </Th>
          );
        })}
      </tr>
    </thead>
  );
}

function Spacer({ height }: { height: number }) {
  return (
    <tr aria-hidden>
      <td colSpan={Object.keys(columnLayout).length + 1} style={{ height, padding: 0 }} />
    </tr>
  );
}

function LoadingRow({ index }: { index: number }) {
  return (
    <tr aria-rowindex={index + 2} className="h-10">
      <td className="border-b" />
      {Object.keys(columnLayout).map((id) => (
        <td key={id} className="border-b px-2">
          <Skeleton className="h-3 w-3/4" />
        </td>
      ))}
    </tr>
  );
}
