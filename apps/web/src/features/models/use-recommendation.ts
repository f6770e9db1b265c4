"use client";
import type { ModelVersionView } from "@flotilla/contracts/views";
import { useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";

type Version = Pick<ModelVersionView, "recommendation" | "variants">;

/** The variant to ship, and one sentence of why, out of the server's kind and numbers. */
export function useRecommendation(): { title: (version: Version) => string; sentence: (version: Version) => string } {
  const t = useTranslations("models.recommendation");
  const format = useFormat();
  return {
    title: ({ recommendation, variants }) => {
      const name = variants.find((variant) => variant.id === recommendation?.variantId)?.name;
      if (recommendation === null || name === undefined) return t("noneTitle");
      return recommendation.kind === "smallest-within-gates" ? t("title", { name }) : t("noneTitle");
    },
    sentence: ({ recommendation }) => {
      if (recommendation === null) return t("notMeasured");
      const { params } = recommendation;
      const number = (key: string) => (typeof params[key] === "number" ? params[key] : null);
      if (recommendation.kind === "only-source") return t("only-source");
      if (recommendation.kind === "none-within-gates") return t("none-within-gates", { count: number("measuredCount") ?? 0 });
      const agreement = number("agreementPercent");
      const drop = number("accuracyDropPoints");
      const latency = number("latencyPercent");
      return [
        t("smallest", {
          slower: latency !== null && latency > 110 ? "yes" : "no",
          size: format.bytes(number("sizeBytes") ?? 0),
          smaller: format.percent((number("smallerPercent") ?? 0) / 100, 0),
        }),
        agreement === null ? "" : t("agrees", { share: format.percent(agreement / 100) }),
        drop === null ? "" : drop <= 0 ? t("noDrop") : t("drop", { points: format.number(drop, 2) }),
        latency === null ? "" : t(latency > 100 ? "notFaster" : "latency", { share: format.percent(latency / 100, 0) }),
      ]
        .filter((part) => part !== "")
        .join(" ");
    },
  };
}
