import { Fragment, type ReactNode } from "react";
import { AppLink, useUi } from "./lib/ui-provider.tsx";

export interface Crumb {
  label: ReactNode;
  /** The last one has none. */
  href?: string;
}

export function Breadcrumbs({ items }: { items: readonly Crumb[] }) {
  const { labels } = useUi();
  return (
    <nav aria-label={labels.breadcrumbs} className="flex min-w-0 items-center gap-2 overflow-hidden whitespace-nowrap text-muted">
      {items.map((item, index) => (
        <Fragment key={`${index}-${item.href ?? ""}`}>
          {index > 0 && <span aria-hidden>/</span>}
          {item.href === undefined ? (
            <span aria-current="page" className="min-w-0 truncate font-medium text-text">
              {item.label}
            </span>
          ) : (
            <AppLink href={item.href} className="shrink-0 hover:text-text">
              {item.label}
            </AppLink>
          )}
        </Fragment>
      ))}
    </nav>
  );
}
