import type { ReactNode } from "react";

/** A box that scrolls, reachable by keyboard and named: what overflows must be scrollable without a mouse (WCAG 2.1.1). */
export function ScrollRegion({ label, className, children }: { label: string; className: string; children: ReactNode }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling box needs the focus to be scrolled with the arrows
    <section aria-label={label} tabIndex={0} className={`focus-visible:outline-accent overflow-auto focus-visible:outline-2 ${className}`}>
      {children}
    </section>
  );
}
