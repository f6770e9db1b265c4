"use client";
import type { GraphView } from "@flotilla/contracts";
import { type NodeCost, shapeText } from "@flotilla/domain/graph";
import { useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { VirtualTable } from "./virtual-table.tsx";

export interface GraphTableProps {
  view: GraphView;
  /** The nodes that are drawn, in their order. */
  nodes: readonly number[];
  costs: readonly NodeCost[];
  selected: number | null;
  onSelect: (node: number) => void;
}

/** The same graph as rows: what the picture shows, for whoever reads rather than looks. */
export function GraphTable({ view, nodes, costs, selected, onSelect }: GraphTableProps) {
  const t = useTranslations("graph.table");
  const tPrecisions = useTranslations("graph.precisions");
  const format = useFormat();
  return (
    <VirtualTable
      label={t("label")}
      columns={[
        { label: t("operator") },
        { label: t("name") },
        { label: t("output") },
        { label: t("precision") },
        { label: t("parameters"), numeric: true },
        { label: t("bytes"), numeric: true },
      ]}
      count={nodes.length}
      isSelected={(index) => nodes[index] === selected}
      row={(index) => {
        const node = nodes[index] ?? 0;
        const facts = view.nodes[node];
        const output = view.values[facts?.outputs[0] ?? -1];
        return [
          <button
            key="op"
            type="button"
            aria-pressed={node === selected}
            onClick={() => onSelect(node)}
            className="text-link min-h-6 text-left"
          >
            {facts?.op}
          </button>,
          facts?.name,
          output === undefined ? "" : shapeText(output),
          facts === undefined ? "" : tPrecisions(facts.precision),
          format.number(costs[node]?.parameters ?? 0),
          format.bytes(costs[node]?.bytes ?? 0),
        ];
      }}
    />
  );
}
