"use client";
import type { GraphView } from "@flotilla/contracts";
import type { DiffEntry, NodeChange } from "@flotilla/domain/graph";
import { useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";

/** What is different about a node, one phrase a change. */
export function useChangeTexts(): (entry: DiffEntry, source: GraphView, variant: GraphView) => string[] {
  const t = useTranslations("graph");
  const format = useFormat();
  const say = (change: NodeChange): string => {
    if (change.kind === "bytes") return t("diff.changes.bytes", { from: format.bytes(change.from), to: format.bytes(change.to) });
    if (change.kind === "precision") {
      return t("diff.changes.precision", { from: t(`precisions.${change.from}`), to: t(`precisions.${change.to}`) });
    }
    const empty = t("diff.empty");
    return t(`diff.changes.${change.kind}`, { name: change.name, from: change.from || empty, to: change.to || empty });
  };
  const fate = ({ status, absorbed, variant: into }: DiffEntry, variant: GraphView): string[] => {
    if (status === "removed") return [t("diff.changes.gone")];
    if (status === "added") return [t("diff.changes.new")];
    return status === "fused" && absorbed.length === 0 ? [t("diff.changes.into", { op: variant.nodes[into ?? -1]?.op ?? "" })] : [];
  };
  return (entry, source, variant) => [
    ...fate(entry, variant),
    ...entry.changes.map(say),
    ...(entry.absorbed.length === 0
      ? []
      : [t("diff.changes.absorbed", { list: format.list(entry.absorbed.map((node) => source.nodes[node]?.op ?? "")) })]),
  ];
}
