/* oxlint-disable jsx-a11y/prefer-tag-over-role -- a select cannot be laid out as a grid of pictures */
"use client";
import { type KeyboardEvent, type MouseEvent, type ReactNode, type RefObject, useEffect, useId, useRef, useState } from "react";
import { ChartFigure, type ChartTable } from "./chart-figure.tsx";
import { type DotLook, moveInGrid } from "./dot-kinds.ts";
import { drawDots } from "./draw-dots.ts";
import { useTheme } from "./use-theme.ts";
import { useWidth } from "./use-width.ts";

/** Up to so many dots have a cell of 24 px; more are drawn smaller, so that a whole fleet can be looked over. */
const LARGE_DOTS = 1000;
const VIEW_PX = 384;

export interface DotCanvasProps {
  title: string;
  summary: string;
  legend?: ReactNode;
  dots: readonly DotLook[];
  /** The dot that is pointed at: whoever shows the matrix looks up who it is. */
  active: number | null;
  onActive: (index: number | null) => void;
  /** Who the active dot is, and why; the line below the matrix. How to read the dots while none is active. */
  text: string;
  /** Enter or a click on a dot. */
  onOpen: (index: number) => void;
  table: ChartTable;
}

/** `DotMatrix` for thousands: a picture of the rows that are on the screen. One tab stop; arrows walk; the active dot is the list's option. */
export function DotCanvas({ title, summary, legend, dots, active, onActive, text, onOpen, table }: DotCanvasProps) {
  const id = useId();
  const view = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(view);
  const cell = dots.length <= LARGE_DOTS ? 24 : 12;
  const columns = Math.max(1, Math.floor(width / cell));
  const height = Math.ceil(dots.length / columns) * cell;
  const shown = Math.min(height, VIEW_PX);
  const top = useDrawing({ view, canvas, dots, active, cell, columns, width, height: shown });

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && active !== null) onOpen(active);
    const next = moveInGrid(event.key, active ?? 0, dots.length, columns);
    if (next === null) return;
    event.preventDefault();
    onActive(next);
    showRow(view.current, Math.floor(next / columns) * cell, cell);
  };
  const indexAt = (event: MouseEvent<HTMLElement>): number | null => {
    const { left, top: above } = event.currentTarget.getBoundingClientRect();
    const column = Math.floor((event.clientX - left) / cell);
    const index = Math.floor((event.clientY - above + top) / cell) * columns + column;
    return column < columns && index < dots.length ? index : null;
  };
  const option = active ?? 0;
  return (
    <ChartFigure title={title} summary={summary} summaryHidden legend={legend} table={table}>
      <div
        ref={view}
        role="listbox"
        tabIndex={0}
        aria-label={title}
        aria-activedescendant={active === null ? undefined : `${id}-option`}
        onKeyDown={onKeyDown}
        onFocus={() => active ?? onActive(0)}
        onBlur={() => onActive(null)}
        className="focus-visible:outline-accent relative overflow-auto rounded focus-visible:outline-2 focus-visible:outline-offset-2"
        style={{ height: width === 0 ? VIEW_PX : shown }}
      >
        <div
          id={`${id}-option`}
          role="option"
          aria-selected={active !== null}
          aria-setsize={dots.length}
          aria-posinset={option + 1}
          aria-label={text}
          data-state={dots[option]?.kind}
          className="sticky top-0 left-0 size-0"
        />
        <canvas
          ref={canvas}
          aria-hidden="true"
          className="sticky top-0 block cursor-pointer"
          style={{ width, height: shown }}
          onMouseMove={(event) => onActive(indexAt(event))}
          onMouseLeave={() => onActive(null)}
          onClick={(event) => {
            const index = indexAt(event);
            if (index !== null) onOpen(index);
          }}
        />
        <div style={{ height: height - shown }} />
      </div>
      <p aria-hidden="true" className="text-muted m-0 min-h-5 text-xs">
        {text}
      </p>
    </ChartFigure>
  );
}

interface Drawing {
  view: RefObject<HTMLDivElement | null>;
  canvas: RefObject<HTMLCanvasElement | null>;
  dots: readonly DotLook[];
  active: number | null;
  cell: number;
  columns: number;
  width: number;
  height: number;
}

/** Draws at most once a frame, whatever changed. Answers with how far the matrix is scrolled. */
function useDrawing({ view, canvas, dots, active, cell, columns, width, height }: Drawing): number {
  const theme = useTheme();
  const [top, setTop] = useState(0);
  useEffect(() => {
    const element = view.current;
    const onScroll = () => setTop(element?.scrollTop ?? 0);
    element?.addEventListener("scroll", onScroll, { passive: true });
    return () => element?.removeEventListener("scroll", onScroll);
  }, [view]);
  useEffect(() => {
    if (width === 0) return undefined;
    const frame = requestAnimationFrame(() => {
      if (canvas.current === null) return;
      const style = getComputedStyle(canvas.current);
      const colourOf = (css: string) => style.getPropertyValue(css.slice("var(".length, -1)).trim() || "currentColor";
      drawDots(canvas.current, { dots, active, cell, columns, width, height, top }, colourOf);
    });
    return () => cancelAnimationFrame(frame);
    // The theme is read from the page's style and not passed: it only says when to read again.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- see above
  }, [canvas, dots, active, cell, columns, width, height, top, theme]);
  return top;
}

/** Scrolls no further than is needed to see a row. */
function showRow(view: HTMLElement | null, y: number, cell: number): void {
  if (view === null) return;
  if (y < view.scrollTop) view.scrollTop = y;
  else if (y + cell > view.scrollTop + view.clientHeight) view.scrollTop = y + cell - view.clientHeight;
}
