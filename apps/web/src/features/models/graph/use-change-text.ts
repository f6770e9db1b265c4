"use client";
import type { GraphView } from "@flotilla/contracts";
import type { DiffEntry, NodeChange } from "@flotilla/domain/graph";
import { useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";

/** What is different about a node, one phrase a change. */
export function useChangeTexts(): (entry: DiffEntry, source: GraphView) => string[] {
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
  return ({ absorbed, changes }, source) => [
    ...changes.map(say),
    ...(absorbed.length === 0
      ? []
      : [t("diff.changes.absorbed", { list: format.list(absorbed.map((node) => source.nodes[node]?.op ?? "")) })]),
  ];
}
