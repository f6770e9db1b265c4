/* oxlint-disable jsx-a11y/control-has-associated-label -- the rule takes an empty table cell for a control */
"use client";
import { cn, type SortState, Th, useUi } from "@flotilla/ui";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useRef, useState } from "react";

const ROW_PX = 32;

export interface VirtualTableProps {
  label: string;
  columns: readonly { label: string; numeric?: boolean; sort?: SortState; onSort?: () => void }[];
  count: number;
  isSelected: (index: number) => boolean;
  /** Stands above the rows. */
  aside?: ReactNode;
  /** The cells of a row. */
  row: (index: number) => readonly ReactNode[];
}

/** The table behind a picture, folded away until asked for; only the rows on the screen are in the document. */
export function VirtualTable(props: VirtualTableProps) {
  const { labels } = useUi();
  const [open, setOpen] = useState(false);
  return (
    <details className="text-sm" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="inline-flex min-h-6 cursor-pointer items-center text-muted text-xs hover:text-text">{labels.showTable}</summary>
      {open ? <Rows {...props} /> : null}
    </details>
  );
}

function Rows({ label, columns, count, isSelected, aside, row }: VirtualTableProps) {
  const scroller = useRef<HTMLElement>(null);
  // oxlint-disable-next-line react/incompatible-library -- its functions change every time; nothing here memoises them
  const virtual = useVirtualizer({ count, getScrollElement: () => scroller.current, estimateSize: () => ROW_PX, overscan: 12 });
  const items = virtual.getVirtualItems();
  const top = items[0]?.start ?? 0;
  const bottom = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <>
      {aside === undefined ? null : <div className="mt-2 flex justify-end">{aside}</div>}
      <section
        ref={scroller}
        aria-label={label}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling box needs the focus to be scrolled with the arrows
        tabIndex={0}
        className="mt-2 max-h-96 overflow-auto rounded-md border bg-surface"
      >
        <table className="w-full min-w-[640px] border-separate border-spacing-0" aria-rowcount={count + 1}>
          <caption className="sr-only">{label}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <Th
                  key={column.label}
                  numeric={column.numeric === true}
                  {...(column.sort === undefined ? {} : { sort: column.sort })}
                  {...(column.onSort === undefined ? {} : { onSort: column.onSort })}
                  className="sticky top-0 z-10 bg-surface"
                >
                  {column.label}
                </Th>
              ))}
            </tr>
          </thead>
          <tbody>
            {top > 0 ? <Spacer height={top} columns={columns.length} /> : null}
            {items.map(({ index }) => (
              <tr key={index} aria-rowindex={index + 2} className={cn("h-8 hover:bg-sunken", isSelected(index) && "bg-accent-soft")}>
                {row(index).map((cell, column) => (
                  <td
                    key={columns[column]?.label ?? column}
                    className={cn(
                      "max-w-96 truncate border-b px-2 first:pl-4 last:pr-4",
                      columns[column]?.numeric === true && "text-right tabular-nums",
                    )}
                  >
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
            {bottom > 0 ? <Spacer height={bottom} columns={columns.length} /> : null}
          </tbody>
        </table>
      </section>
    </>
  );
}

function Spacer({ height, columns }: { height: number; columns: number }) {
  return (
    <tr aria-hidden>
      <td colSpan={columns} style={{ height, padding: 0 }} />
    </tr>
  );
}
