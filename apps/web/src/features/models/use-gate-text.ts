"use client";
import type { GateMetric, GateVerdict } from "@flotilla/contracts";
import { useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { numberText } from "./number-text.ts";

/** As the messages name them. */
const ends = { "at-most": "most", "at-least": "least" } as const;

/** What a gate says, in the reader's language: the metric, its value, and what is asked for; or why it could not be measured. */
export function useGateText(): (gate: GateVerdict) => string {
  const t = useTranslations("models.gates");
  const format = useFormat();
  const share = (value: number) => format.percent(value, 2);
  const say: Record<GateMetric, (value: number) => string> = {
    "accuracy-drop": (value) => t("points", { value: format.number(value, 2) }),
    agreement: share,
    "relative-rmse": share,
    "integer-kernels": share,
    "latency-ratio": (value) => `${format.number(value, 2)} ×`,
    "size-bytes": format.bytes,
    "memory-bytes": format.bytes,
    cosine: (value) => format.number(value, 5),
    "max-abs-error": (value) => numberText(value, format.number),
  };
  return ({ metric, value, comparison, limit }) =>
    value === null
      ? t("notMeasured", { label: t(`labels.${metric}`), why: t(`missing.${metric}`) })
      : t("sentence", { label: t(`labels.${metric}`), value: say[metric](value), comparison: ends[comparison], limit: say[metric](limit) });
}
