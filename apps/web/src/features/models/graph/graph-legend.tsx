"use client";
import type { GraphView } from "@flotilla/contracts";
import { opFamilies, opFamily } from "@flotilla/domain/graph";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { familyStyle } from "./family-style.ts";

/** The families that the graph has, each with its sign, its word and how many there are. */
export function GraphLegend({ view, nodes }: { view: GraphView; nodes: readonly number[] }) {
  const t = useTranslations("graph");
  const counts = useMemo(() => {
    const found = new Map<string, number>();
    for (const node of nodes) {
      const family = opFamily(view.nodes[node]?.op ?? "");
      found.set(family, (found.get(family) ?? 0) + 1);
    }
    return found;
  }, [view, nodes]);
  return (
    <ul aria-label={t("legend")} className="flex list-none flex-wrap gap-x-4 gap-y-1 p-0 text-xs">
      {opFamilies
        .filter((family) => counts.has(family))
        .map((family) => (
          <li key={family} className="inline-flex items-center gap-1.5">
            <FamilySign family={family} />
            {t(`families.${family}`)} <span className="text-muted tabular-nums">{counts.get(family)}</span>
          </li>
        ))}
    </ul>
  );
}

export function FamilySign({ family }: { family: (typeof opFamilies)[number] }) {
  const { colour, sign } = familyStyle[family];
  return (
    <svg width={12} height={12} viewBox="0 0 12 12" aria-hidden="true" className="shrink-0">
      <path d={sign} fill={colour} fillRule="evenodd" />
    </svg>
  );
}
