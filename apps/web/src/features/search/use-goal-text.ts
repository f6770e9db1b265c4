"use client";
import type { SearchGoal } from "@flotilla/contracts";
import { useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { useProfileText } from "./use-profile-text.ts";

/** A goal in one line: "at most 60 kB · agreement at least 99 % · for x86-64 CPU with VNNI". */
export function useGoalText(): (goal: SearchGoal) => string {
  const t = useTranslations("search.goal");
  const format = useFormat();
  const profile = useProfileText();
  return (goal) =>
    [
      goal.maxSizeBytes === null ? "" : t("size", { size: format.bytes(goal.maxSizeBytes) }),
      goal.maxLatencyMs === null ? "" : t("latency", { time: format.ms(goal.maxLatencyMs) }),
      goal.minSpeedup === null ? "" : t("speedup", { times: format.number(goal.minSpeedup, 2) }),
      goal.minAgreement === null ? "" : t("agreement", { share: format.percent(goal.minAgreement) }),
      goal.maxAccuracyDrop === null ? "" : t("accuracy", { points: format.number(goal.maxAccuracyDrop, 2) }),
      t("profile", { name: profile.name(goal.targetProfile) }),
    ]
      .filter((part) => part !== "")
      .join(" · ");
}
