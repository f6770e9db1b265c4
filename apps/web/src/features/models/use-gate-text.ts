"use client";
import type { GateVerdict } from "@flotilla/contracts";
import { useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { numberText } from "./number-text.ts";

/** What a gate says, in the reader's language: the metric, its value, and what is asked for; or why it could not be measured. */
export function useGateText(): (gate: GateVerdict) => string {
  const t = useTranslations("models.gates");
  const format = useFormat();
  const say = (metric: GateVerdict["metric"], value: number): string => {
    switch (metric) {
      case "accuracy-drop":
        return t("points", { value: format.number(value, 2) });
      case "agreement":
      case "relative-rmse":
        return format.percent(value, 2);
      case "latency-ratio":
        return `${format.number(value, 2)} ×`;
      case "size-bytes":
      case "memory-bytes":
        return format.bytes(value);
      case "cosine":
        return format.number(value, 5);
      case "max-abs-error":
        return numberText(value, format.number);
    }
  };
  return ({ metric, value, comparison, limit }) =>
    value === null
      ? t("notMeasured", { label: t(`labels.${metric}`), why: t(`missing.${metric}`) })
      : t("sentence", { label: t(`labels.${metric}`), value: say(metric, value), comparison, limit: say(metric, limit) });
}
