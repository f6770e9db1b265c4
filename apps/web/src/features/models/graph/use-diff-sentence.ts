"use client";
import type { GraphView } from "@flotilla/contracts";
import { type DiffSummary, type GraphDiff, summariseDiff } from "@flotilla/domain/graph";
import { useFormat } from "@flotilla/ui";
import { useLocale, useTranslations } from "next-intl";
import { useMemo } from "react";

/** A comparison in a few sentences, with its counts. */
export function useDiffSentence(source: GraphView, variant: GraphView, diff: GraphDiff): string {
  const t = useTranslations("graph.diff");
  const format = useFormat();
  const locale = useLocale();
  const summary = useMemo(() => summariseDiff(source, variant, diff), [source, variant, diff]);
  const family = (name: "convolution" | "product", { total, int8, int8Weights, float16 }: DiffSummary["convolutions"]): string[] => [
    ...(int8 > 0 ? [t("int8", { int8, total, family: name })] : []),
    ...(int8Weights > 0 ? [t("int8Weights", { count: int8Weights, total, family: name })] : []),
    ...(float16 > 0 ? [t("float16", { count: float16, total, family: name })] : []),
  ];
  const { convolutions, products, counts, fused } = summary;
  const folded = fused.reduce((sum, { count }) => sum + count, 0);
  const sentences = [
    ...family("convolution", convolutions),
    ...family("product", products),
    ...(folded > 0
      ? [t("folded", { count: folded, list: format.list(fused.map(({ op, count }) => t("foldedItem", { count, op }))) })]
      : []),
    ...(counts.removed > 0 ? [t("removed", { count: counts.removed })] : []),
    ...(counts.added > 0 ? [t("added", { count: counts.added })] : []),
  ];
  const same = diff.entries.every(({ status }) => status === "kept");
  // Chinese sentences follow each other without a space.
  return same ? t("same") : sentences.join(locale.startsWith("zh") ? "" : " ");
}
