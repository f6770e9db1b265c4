"use client";
import { Facts, useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { TopNodes } from "./top-nodes.tsx";
import type { SceneState } from "./use-scene.ts";

/** While nothing is selected: what the graph weighs, which nodes weigh most, and where the time goes. */
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
  const tTimes = useTranslations("graph.times");
  const format = useFormat();
  const { view, drawing, costs, times } = state;
  const { parameters, bytes, weighed } = useMemo(() => {
    // With quantisation drawn as nodes, each node has what it reads itself.
    const costOf = (node: number) => (drawing === view.compact ? costs[node] : view.nodes[node]) ?? { parameters: 0, bytes: 0 };
    const all = nodes.map((node) => ({ node, ...costOf(node) }));
    return {
      parameters: all.reduce((sum, each) => sum + each.parameters, 0),
      bytes: all.reduce((sum, each) => sum + each.bytes, 0),
      weighed: all.map((each) => ({ node: each.node, cost: each.bytes })),
    };
  }, [view, drawing, costs, nodes]);
  const timed = useMemo(() => (times === null ? [] : nodes.map((node) => ({ node, cost: times.ofNode(node) ?? 0 }))), [times, nodes]);
  const between = times === null ? 0 : times.measured.totalMs - timed.reduce((sum, { cost }) => sum + cost, 0);
  return (
    <section aria-label={t("label")} className="flex min-w-0 flex-col gap-3 overflow-y-auto rounded-md border bg-surface p-3 text-sm">
      <h2 className="font-semibold">{t("label")}</h2>
      <Facts
        items={[
          { label: t("nodes"), value: format.number(nodes.length) },
          { label: t("parameters"), value: format.number(parameters) },
          { label: t("bytes"), value: format.bytes(bytes) },
          ...(times === null ? [] : [{ label: tTimes("run"), value: format.ms(times.measured.totalMs) }]),
        ]}
      />
      {times === null ? (
        <p className="text-muted text-xs">{tTimes("notMeasured")}</p>
      ) : (
        <>
          <TopNodes title={tTimes("slowest")} view={view} costs={timed} say={format.ms} onSelect={onSelect} />
          <p className="text-muted text-xs">
            {tTimes("measuredOn", {
              machine: times.measured.machine,
              threads: times.measured.threads,
              runs: times.measured.runs,
              between: format.ms(Math.max(0, between)),
            })}
          </p>
        </>
      )}
      <TopNodes title={t("heaviest")} view={view} costs={weighed} say={format.bytes} onSelect={onSelect} />
      <p className="text-muted text-xs">{t("hint")}</p>
    </section>
  );
}
