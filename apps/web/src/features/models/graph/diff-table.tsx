"use client";
import type { GraphView } from "@flotilla/contracts";
import type { DiffEntry } from "@flotilla/domain/graph";
import { useTranslations } from "next-intl";
import { DiffSign } from "./diff-legend.tsx";
import { useChangeTexts } from "./use-change-text.ts";
import { VirtualTable } from "./virtual-table.tsx";

export interface DiffTableProps {
  entries: readonly DiffEntry[];
  source: GraphView;
  variant: GraphView;
  selected: DiffEntry | null;
  onSelect: (entry: DiffEntry) => void;
}

/** The comparison as rows: a node each. */
export function DiffTable({ entries, source, variant, selected, onSelect }: DiffTableProps) {
  const t = useTranslations("graph.diff");
  const texts = useChangeTexts();
  return (
    <VirtualTable
      label={t("table.label")}
      columns={[{ label: t("table.status") }, { label: t("table.source") }, { label: t("table.variant") }, { label: t("table.changes") }]}
      count={entries.length}
      isSelected={(index) => entries[index] === selected}
      row={(index) => {
        const entry = entries[index];
        if (entry === undefined) return [];
        const from = entry.source === null ? undefined : source.nodes[entry.source];
        const to = entry.variant === null ? undefined : variant.nodes[entry.variant];
        const into = entry.status === "fused" && entry.absorbed.length === 0;
        return [
          <button
            key="status"
            type="button"
            aria-pressed={entry === selected}
            onClick={() => onSelect(entry)}
            className="text-link inline-flex min-h-6 items-center gap-1.5"
          >
            <DiffSign status={entry.status} />
            {t(`statuses.${entry.status}`)}
          </button>,
          from === undefined ? t("table.none") : `${from.op} ${from.name}`,
          to === undefined ? t("table.none") : into ? t("table.into", { op: to.op }) : to.op,
          texts(entry, source, variant).join("; "),
        ];
      }}
    />
  );
}
