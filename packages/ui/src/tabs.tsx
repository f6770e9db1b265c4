import type { ReactNode } from "react";
import { cn } from "./lib/cn.ts";
import { AppLink } from "./lib/ui-provider.tsx";

export interface TabItem {
  key: string;
  label: ReactNode;
  href: string;
  count?: number;
}

export interface TabsProps {
  /** Names the set to a screen reader. */
  label: string;
  items: readonly TabItem[];
  current: string;
  className?: string;
}

/** Tabs that are links: each has an address, so that it can be shared, opened in a new tab and gone back from. */
export function Tabs({ label, items, current, className }: TabsProps) {
  return (
    <nav aria-label={label} className={cn("flex gap-5 overflow-x-auto border-b", className)}>
      {items.map((item) => (
        <AppLink
          key={item.key}
          href={item.href}
          aria-current={item.key === current ? "page" : undefined}
          className={cn(
            "-mb-px inline-flex h-9 shrink-0 items-center gap-1.5 border-b-2 text-sm -outline-offset-2",
            item.key === current ? "border-accent font-semibold text-text" : "border-transparent text-muted hover:text-text",
          )}
        >
          {item.label}
          {item.count !== undefined && <span className="font-normal text-faint text-xs">{item.count}</span>}
        </AppLink>
      ))}
    </nav>
  );
}
