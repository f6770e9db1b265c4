"use client";
import { useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import type { Times } from "./use-times.ts";

/** "0.31 ms · 12 % of a run": what a node or a block costs. */
export function useTimeText(): (times: Times, ms: number | null) => string {
  const t = useTranslations("graph.times");
  const format = useFormat();
  return ({ measured: { totalMs } }, ms) =>
    ms === null ? t("none") : t("cost", { time: format.ms(ms), share: format.percent(totalMs === 0 ? 0 : ms / totalMs) });
}
