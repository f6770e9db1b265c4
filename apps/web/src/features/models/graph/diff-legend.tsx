"use client";
import { diffStatuses, type GraphDiff } from "@flotilla/domain/graph";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { diffStyle } from "./diff-style.ts";

/** What became of how many nodes, each with its sign. */
export function DiffLegend({ diff }: { diff: GraphDiff }) {
  const t = useTranslations("graph.diff");
  const counts = useMemo(() => Map.groupBy(diff.entries, ({ status }) => status), [diff]);
  return (
    <ul aria-label={t("legend")} className="flex list-none flex-wrap gap-x-3 gap-y-1 p-0 text-xs">
      {diffStatuses
        .filter((status) => counts.has(status))
        .map((status) => (
          <li key={status} className="inline-flex items-center gap-1.5">
            <DiffSign status={status} />
            {t(`statuses.${status}`)} <span className="text-muted tabular-nums">{counts.get(status)?.length}</span>
          </li>
        ))}
    </ul>
  );
}

export function DiffSign({ status }: { status: (typeof diffStatuses)[number] }) {
  const { colour, sign } = diffStyle[status];
  return (
    <span
      aria-hidden
      className="inline-flex size-4 shrink-0 items-center justify-center rounded-full font-bold text-[11px] text-surface leading-none"
      style={{ background: colour }}
    >
      {sign}
    </span>
  );
}
