"use client";
import { opFamily } from "@flotilla/domain/graph";
import { Facts, useFormat } from "@flotilla/ui";
import { CellBar } from "@flotilla/ui/charts";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { FamilySign } from "./graph-legend.tsx";
import type { SceneState } from "./use-scene.ts";

const SHOWN = 10;

/** While nothing is selected: what the graph weighs, and which nodes weigh most. */
export function GraphSummary({
  state,
  nodes,
  onSelect,
}: {
  state: SceneState;
  nodes: readonly number[];
  onSelect: (node: number) => void;
}) {
  const t = useTranslations("graph.summary");
  const format = useFormat();
  const { view, drawing, costs } = state;
  const { parameters, bytes, heaviest } = useMemo(() => {
    // With quantisation drawn as nodes, each node has what it reads itself.
    const costOf = (node: number) => (drawing === view.compact ? costs[node] : view.nodes[node]) ?? { parameters: 0, bytes: 0 };
    const weighed = nodes.map((node) => ({ node, ...costOf(node) }));
    return {
      parameters: weighed.reduce((sum, each) => sum + each.parameters, 0),
      bytes: weighed.reduce((sum, each) => sum + each.bytes, 0),
      heaviest: weighed
        .filter((each) => each.bytes > 0)
        .sort((left, right) => right.bytes - left.bytes || left.node - right.node)
        .slice(0, SHOWN),
    };
  }, [view, drawing, costs, nodes]);
  const most = heaviest[0]?.bytes ?? 1;
  return (
    <section aria-label={t("label")} className="flex min-w-0 flex-col gap-3 overflow-y-auto rounded-md border bg-surface p-3 text-sm">
      <h2 className="font-semibold">{t("label")}</h2>
      <Facts
        items={[
          { label: t("nodes"), value: format.number(nodes.length) },
          { label: t("parameters"), value: format.number(parameters) },
          { label: t("bytes"), value: format.bytes(bytes) },
        ]}
      />
      {heaviest.length === 0 ? null : (
        <div>
          <h3 className="mb-1 font-medium text-muted text-xs">{t("heaviest")}</h3>
          <ol className="list-none p-0">
            {heaviest.map(({ node, bytes: own }) => (
              <li key={node} className="flex items-center gap-2">
                <FamilySign family={opFamily(view.nodes[node]?.op ?? "")} />
                <button
                  type="button"
                  title={view.nodes[node]?.name}
                  onClick={() => onSelect(node)}
                  className="text-link min-h-6 min-w-0 flex-1 truncate text-left"
                >
                  {view.nodes[node]?.op}
                  <span className="sr-only"> {view.nodes[node]?.name}</span>
                </button>
                <CellBar value={own} max={most} />
                <span className="w-16 shrink-0 text-right text-xs tabular-nums">{format.bytes(own)}</span>
              </li>
            ))}
          </ol>
        </div>
      )}
      <p className="text-muted text-xs">{t("hint")}</p>
    </section>
  );
}
