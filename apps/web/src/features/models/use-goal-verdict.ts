"use client";
import { useFormat } from "@flotilla/ui";
import { missedBounds, type ParetoBudget, type ParetoPoint } from "@flotilla/ui/charts";
import { useTranslations } from "next-intl";

/** Whether a point of a plot meets the goal, and in words what it misses. */
export function useGoalVerdict(): (point: ParetoPoint, goal: ParetoBudget) => { met: boolean; verdict: string } {
  const t = useTranslations("models.plot.tip");
  const format = useFormat();
  return (point, goal) => {
    const missed = missedBounds(point, goal);
    if (missed.length === 0) return { met: true, verdict: t("within") };
    return { met: false, verdict: t("outside", { what: format.list(missed.map((bound) => t(bound))) }) };
  };
}
