"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useTRPC } from "../../../trpc/client.tsx";
import { useCauseText } from "../device-reasons.ts";
import type { Condition } from "./conditions.ts";

/** Says a condition in words: "Tag: site = hafen". Names of models and releases are looked up once. */
export function useConditionText(conditions: readonly Condition[]): (condition: Condition) => string {
  const t = useTranslations("devices");
  const trpc = useTRPC();
  const causeText = useCauseText();
  const needsModels = conditions.some((condition) => condition.kind === "model");
  const needsReleases = conditions.some((condition) => condition.kind === "release");
  const models = useQuery(trpc.models.list.queryOptions({ limit: 100 }, { enabled: needsModels }));
  const releases = useQuery(trpc.releases.list.queryOptions({}, { enabled: needsReleases }));
  const valueOf = (condition: Condition): string => {
    switch (condition.kind) {
      case "health":
        return t(`health.${condition.value}`);
      case "online":
        return condition.value ? t("filter.online") : t("filter.offline");
      case "profile":
        return condition.value;
      case "tag":
        return `${condition.key} = ${condition.value}`;
      case "model":
        return models.data?.items.find((model) => model.id === condition.value)?.name ?? t("filter.unknownModel");
      case "reason":
        return causeText(condition.value) ?? condition.value;
      default:
        return releases.data?.find((release) => release.id === condition.value)?.name ?? t("filter.unknownRelease");
    }
  };
  return (condition) => t("filter.chip", { kind: t(`filter.kinds.${condition.kind}`), value: valueOf(condition) });
}
