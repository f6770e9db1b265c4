import { ArrowDown, ArrowUp, ArrowUpDown } from "lucide-react";
import type { ComponentProps } from "react";
import { cn } from "./lib/cn.ts";

export interface TableProps extends ComponentProps<"table"> {
  /** Says what the table holds, to whoever cannot see it. */
  label: string;
}

/** A table that scrolls sideways inside its card on narrow screens; the scroller is a region that the keyboard can reach. */
export function Table({ label, className, children, ...rest }: TableProps) {
  return (
    // A scrollable region has to be reachable by keyboard (WCAG 2.1.1).
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className="relative w-full overflow-x-auto" aria-label={label} tabIndex={0}>
      <table className={cn("w-full border-collapse text-sm", className)} {...rest}>
        {children}
      </table>
    </section>
  );
}

export type SortState = "ascending" | "descending" | "none";

export interface ThProps extends ComponentProps<"th"> {
  numeric?: boolean;
  /** Makes the heading a button that asks for another order. */
  sort?: SortState;
  onSort?: () => void;
}

export function Th({ numeric = false, sort, onSort, className, children, ...rest }: ThProps) {
  const Arrow = sort === "ascending" ? ArrowUp : sort === "descending" ? ArrowDown : ArrowUpDown;
  return (
    <th
      scope="col"
      aria-sort={sort === undefined || sort === "none" ? undefined : sort}
      className={cn(
        "whitespace-nowrap border-b px-2 py-1.5 font-medium text-muted text-xs first:pl-4 last:pr-4",
        numeric ? "text-right" : "text-left",
        className,
      )}
      {...rest}
    >
      {sort === undefined ? (
        children
      ) : (
        <button
          type="button"
          onClick={onSort}
          className={cn("-mx-1 inline-flex min-h-6 items-center gap-1 rounded-sm px-1 hover:text-text", sort !== "none" && "text-text")}
        >
          {children}
          <Arrow size={12} aria-hidden className={cn(sort === "none" && "opacity-50")} />
        </button>
      )}
    </th>
  );
}

export interface TdProps extends ComponentProps<"td"> {
  numeric?: boolean;
}

export function Td({ numeric = false, className, ...rest }: TdProps) {
  return (
    <td
      className={cn(
        "border-b px-2 py-1.5 align-middle first:pl-4 last:pr-4",
        numeric && "whitespace-nowrap text-right tabular-nums",
        className,
      )}
      {...rest}
    />
  );
}

export interface TrProps extends ComponentProps<"tr"> {
  selected?: boolean;
}

export function Tr({ selected = false, className, ...rest }: TrProps) {
  return (
    <tr
      aria-selected={selected || undefined}
      className={cn("last:*:border-b-0 hover:bg-sunken", selected && "bg-accent-soft hover:bg-accent-soft", className)}
      {...rest}
    />
  );
}
