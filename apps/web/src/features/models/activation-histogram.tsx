"use client";
import type { ActivationHistogram as Seen } from "@flotilla/contracts";
import { useFormat } from "@flotilla/ui";
import { RangeHistogram } from "@flotilla/ui/charts";
import { useTranslations } from "next-intl";
import { numberText } from "./number-text.ts";

export interface ActivationHistogramProps {
  seen: Seen;
  observer: string;
  sampleCount: number;
  title: string;
}

/** What calibration saw in one tensor, and where the observer drew the ends of the range. */
export function ActivationHistogram({ seen, observer, sampleCount, title }: ActivationHistogramProps) {
  const t = useTranslations("models.activations");
  const format = useFormat();
  const say = (value: number) => numberText(value, format.number);
  const { observed, chosen, clippedShare } = seen;
  return (
    <RangeHistogram
      title={title}
      summary={t("summary", {
        low: say(observed.min),
        high: say(observed.max),
        samples: sampleCount,
        observer: t(`observers.${observerKey(observer)}`),
        from: say(chosen.min),
        to: say(chosen.max),
        clipped: clippedShare === 0 ? "none" : "some",
        share: format.percent(clippedShare, clippedShare < 0.0001 ? 4 : 2),
      })}
      start={seen.start}
      binWidth={seen.binWidth}
      counts={seen.counts}
      seen={observed}
      range={chosen}
      words={{ from: t("from"), to: t("to"), count: t("count"), range: t("range") }}
      formatValue={say}
      formatCount={(count) => format.number(count, 0)}
    />
  );
}

const observers = ["min-max", "moving-average", "percentile", "entropy", "mse"] as const;

/** An observer that this page does not know yet is named as it is. */
function observerKey(observer: string): (typeof observers)[number] | "other" {
  return observers.find((each) => each === observer) ?? "other";
}
