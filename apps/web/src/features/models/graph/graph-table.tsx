"use client";
import type { GraphView } from "@flotilla/contracts";
import { type NodeCost, shapeText } from "@flotilla/domain/graph";
import { useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { useMemo } from "react";
import { DownloadButtons } from "../../shell/download-buttons.tsx";
import type { Times } from "./use-times.ts";
import { VirtualTable } from "./virtual-table.tsx";

export interface GraphTableProps {
  view: GraphView;
  /** The nodes that are drawn, in their order. */
  nodes: readonly number[];
  costs: readonly NodeCost[];
  times: Times | null;
  /** Of the file that the rows are saved in. */
  fileName: string;
  selected: number | null;
  onSelect: (node: number) => void;
}

const orders = ["operator", "parameters", "bytes", "time"] as const;
type Order = (typeof orders)[number];

/** The same graph as rows: what the picture shows, for whoever reads rather than looks; what costs most comes first when its heading is pressed. */
export function GraphTable({ view, nodes, costs, times, fileName, selected, onSelect }: GraphTableProps) {
  const t = useTranslations("graph.table");
  const tPrecisions = useTranslations("graph.precisions");
  const format = useFormat();
  const [order, setOrder] = useQueryState("sort", parseAsStringLiteral(orders));
  const rows = useMemo(() => sorted(nodes, order, view, costs, times), [nodes, order, view, costs, times]);
  const sortable = (key: Order) => ({
    sort: order !== key ? ("none" as const) : key === "operator" ? ("ascending" as const) : ("descending" as const),
    // Once more: the order of the graph again.
    onSort: () => void setOrder(order === key ? null : key),
  });
  return (
    <VirtualTable
      label={t("label")}
      columns={[
        { label: t("operator"), ...sortable("operator") },
        { label: t("name") },
        { label: t("output") },
        { label: t("precision") },
        { label: t("parameters"), numeric: true, ...sortable("parameters") },
        { label: t("bytes"), numeric: true, ...sortable("bytes") },
        ...(times === null ? [] : [{ label: t("time"), numeric: true, ...sortable("time") }]),
      ]}
      count={rows.length}
      isSelected={(index) => rows[index] === selected}
      aside={
        <DownloadButtons
          label={t("label")}
          fileName={fileName}
          header={["node", "operator", "name", "output", "precision", "parameters", "bytes", "time_ms"]}
          rows={() => rows.map((node) => Object.values(plainRow(node, view, costs, times)))}
          json={() => rows.map((node) => plainRow(node, view, costs, times))}
        />
      }
      row={(index) => {
        const node = rows[index] ?? 0;
        const facts = view.nodes[node];
        const output = view.values[facts?.outputs[0] ?? -1];
        const ms = times?.ofNode(node) ?? null;
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
          ...(times === null ? [] : [ms === null ? "–" : format.ms(ms)]),
        ];
      }}
    />
  );
}

/** What is equal stays in the order of the graph. */
function sorted(
  nodes: readonly number[],
  order: Order | null,
  view: GraphView,
  costs: readonly NodeCost[],
  times: Times | null,
): readonly number[] {
  if (order === null) return nodes;
  if (order === "operator")
    return nodes.toSorted((left, right) => (view.nodes[left]?.op ?? "").localeCompare(view.nodes[right]?.op ?? "", "en"));
  const costOf = (node: number): number => (order === "time" ? (times?.ofNode(node) ?? -1) : (costs[node]?.[order] ?? 0));
  return nodes.toSorted((left, right) => costOf(right) - costOf(left));
}

function plainRow(node: number, view: GraphView, costs: readonly NodeCost[], times: Times | null) {
  const facts = view.nodes[node];
  const output = view.values[facts?.outputs[0] ?? -1];
  return {
    node,
    operator: facts?.op ?? "",
    name: facts?.name ?? "",
    output: output === undefined ? "" : shapeText(output),
    precision: facts?.precision ?? "",
    parameters: costs[node]?.parameters ?? 0,
    bytes: costs[node]?.bytes ?? 0,
    time_ms: times?.ofNode(node) ?? null,
  };
}
