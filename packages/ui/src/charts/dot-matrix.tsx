/* oxlint-disable jsx-a11y/prefer-tag-over-role -- a select cannot be laid out as a grid of pictures */
"use client";
import { type KeyboardEvent, type MouseEvent, type ReactNode, useId, useRef, useState } from "react";
import { ChartFigure, type ChartTable } from "./chart-figure.tsx";
import { type Dot, moveInGrid } from "./dot-kinds.ts";
import { DotShape } from "./dot-shape.tsx";

export interface DotMatrixProps {
  title: string;
  summary: string;
  legend?: ReactNode;
  dots: Dot[];
  /** What the line under the dots says while none is pointed at: how to read them. */
  hint: string;
  /** Enter or a click on a dot. */
  onOpen?: (id: string) => void;
  table: ChartTable;
}

/** A dot a device. One tab stop; arrows walk the grid; the line below says who it is, how far, and why. */
export function DotMatrix({ title, summary, legend, dots, hint, onOpen, table }: DotMatrixProps) {
  const id = useId();
  const grid = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<number | null>(null);
  const dot = active === null ? undefined : dots[active];

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && dot !== undefined) onOpen?.(dot.id);
    const next = moveInGrid(event.key, active ?? 0, dots.length, columnsOf(grid.current));
    if (next === null) return;
    event.preventDefault();
    setActive(next);
    grid.current?.children[next]?.scrollIntoView({ block: "nearest" });
  };
  const indexAt = (event: MouseEvent): number | null => {
    const cell = event.target instanceof Element ? event.target.closest("[data-index]") : null;
    return cell === null ? null : Number(cell.getAttribute("data-index"));
  };

  return (
    <ChartFigure title={title} summary={summary} summaryHidden legend={legend} table={table}>
      <div
        ref={grid}
        role="listbox"
        tabIndex={0}
        aria-label={title}
        aria-activedescendant={dot === undefined ? undefined : `${id}-${dot.id}`}
        onKeyDown={onKeyDown}
        onFocus={() => setActive((current) => current ?? 0)}
        onBlur={() => setActive(null)}
        onMouseOver={(event) => setActive(indexAt(event))}
        onMouseLeave={() => setActive(null)}
        onClick={(event) => {
          const index = indexAt(event);
          const target = index === null ? undefined : dots[index];
          if (target !== undefined) onOpen?.(target.id);
        }}
        className="focus-visible:outline-accent grid max-h-80 overflow-auto rounded focus-visible:outline-2 focus-visible:outline-offset-2"
        style={{ gridTemplateColumns: "repeat(auto-fill, 24px)" }}
      >
        {dots.map((item, index) => (
          <div
            key={item.id}
            id={`${id}-${item.id}`}
            data-index={index}
            data-device={item.label}
            data-state={item.kind}
            role="option"
            aria-selected={index === active}
            aria-label={describe(item)}
            className={`grid size-6 place-items-center rounded-sm ${onOpen === undefined ? "" : "cursor-pointer"} ${index === active ? "outline-text outline-1" : ""}`}
          >
            <DotShape kind={item.kind} fill={item.fill} />
          </div>
        ))}
      </div>
      <p aria-hidden="true" className="text-muted m-0 min-h-5 text-xs">
        {dot === undefined ? hint : describe(dot)}
      </p>
    </ChartFigure>
  );
}

function describe(dot: Dot): string {
  return dot.reason === undefined ? `${dot.label}: ${dot.word}` : `${dot.label}: ${dot.word}. ${dot.reason}`;
}

/** Cells in the first row, as laid out now. */
function columnsOf(grid: HTMLElement | null): number {
  if (grid === null) return 1;
  const cells = [...grid.children].filter((cell): cell is HTMLElement => cell instanceof HTMLElement);
  const top = cells[0]?.offsetTop;
  const wrap = cells.findIndex((cell) => cell.offsetTop !== top);
  return wrap === -1 ? Math.max(1, cells.length) : wrap;
}
