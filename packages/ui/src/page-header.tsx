import { Fragment, type ReactNode } from "react";
import { cn } from "./lib/cn.ts";

export interface PageHeaderProps {
  title: ReactNode;
  /** Chips beside the title. */
  chips?: ReactNode;
  /** One sentence below it. */
  children?: ReactNode;
  /** Buttons, the main one last. */
  actions?: ReactNode;
  className?: string;
}

export function PageHeader({ title, chips, children, actions, className }: PageHeaderProps) {
  return (
    <header className={cn("mb-4 flex flex-wrap items-start justify-between gap-x-6 gap-y-3", className)}>
      <div className="min-w-0 max-w-full flex-1 basis-80">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="min-w-0 break-words font-semibold text-xl tracking-tight">{title}</h1>
          {chips}
        </div>
        {children !== undefined && <div className="mt-1 text-muted">{children}</div>}
      </div>
      {actions !== undefined && <div className="flex flex-wrap gap-2">{actions}</div>}
    </header>
  );
}

export interface FactsProps {
  items: readonly { label: ReactNode; value: ReactNode }[];
  className?: string;
}

/** Names and values as a list, two columns on a wide card. */
export function Facts({ items, className }: FactsProps) {
  return (
    <dl className={cn("grid grid-cols-[minmax(7rem,max-content)_minmax(0,1fr)] gap-x-4 gap-y-1.5", className)}>
      {items.map((item, index) => (
        <Fragment key={index}>
          <dt className="text-muted">{item.label}</dt>
          <dd className="min-w-0 break-words">{item.value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}
