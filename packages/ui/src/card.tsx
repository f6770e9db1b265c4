import type { ComponentProps, ReactNode } from "react";
import { cn } from "./lib/cn.ts";

export interface CardProps extends Omit<ComponentProps<"section">, "title"> {
  /** The question that the card answers. */
  title?: ReactNode;
  /** Quiet words at the right of the title: a legend, a unit, a link. */
  aside?: ReactNode;
  /** Without padding, for tables that reach the border. */
  flush?: boolean;
}

/** A surface with one subject. */
export function Card({ title, aside, flush = false, className, children, ...rest }: CardProps) {
  return (
    <section className={cn("min-w-0 rounded-lg border border-line bg-surface", !flush && "p-4", className)} {...rest}>
      {(title !== undefined || aside !== undefined) && (
        <div className={cn("flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1", flush ? "px-4 pt-4 pb-2" : "mb-3")}>
          {title !== undefined && <h2 className="font-semibold text-sm">{title}</h2>}
          {aside !== undefined && <div className="text-muted text-xs">{aside}</div>}
        </div>
      )}
      {children}
    </section>
  );
}
