"use client";
import type { OverviewView } from "@flotilla/contracts/views";
import { Card, useFormat } from "@flotilla/ui";
import { AreaChart } from "@flotilla/ui/charts";
import { useTranslations } from "next-intl";
import { thinMarks } from "./thin-marks.ts";

/** Devices per release over time, with a mark where a rollout began. */
export function AdoptionChart({ overview }: { overview: OverviewView }) {
  const t = useTranslations("overview.adoption");
  const format = useFormat();
  const { adoption, adoptionReleases, rolloutMarks } = overview;
  const first = adoption[0];
  const last = adoption.at(-1);
  const leader = adoptionReleases
    .map((release) => ({ name: release.name, count: last?.counts[release.releaseId] ?? 0 }))
    .sort((a, b) => b.count - a.count)[0];
  if (first === undefined || last === undefined || adoptionReleases.length === 0) {
    return (
      <Card title={t("title")}>
        <p className="text-muted">{t("empty")}</p>
      </Card>
    );
  }
  return (
    <Card>
      <AreaChart
        title={t("title")}
        summary={leader === undefined || leader.count === 0 ? t("summaryNone") : t("summary", leader)}
        points={adoption}
        series={adoptionReleases.map((release) => ({ id: release.releaseId, name: release.name }))}
        marks={thinMarks(rolloutMarks, first.at, last.at, (name, count) => t("marks", { name, count }))}
        words={{ time: t("time") }}
        formatTime={format.shortDateTime}
        formatCount={(count) => format.number(count, 0)}
      />
    </Card>
  );
}
