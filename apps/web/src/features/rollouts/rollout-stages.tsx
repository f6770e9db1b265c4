"use client";
import type { RolloutView, StageView } from "@flotilla/contracts/views";
import { Card, type Format, useFormat, useNow } from "@flotilla/ui";
import { StageTrack, type StageTrackStage } from "@flotilla/ui/charts";
import { useTranslations } from "next-intl";
import { ChosenOptions } from "./options/option-plan.tsx";
import { busyIn, stageKind } from "./rollout-states.ts";

/** The stage track: how far each stage is, and what it waits for. */
export function RolloutStages({ rollout }: { rollout: RolloutView }) {
  const t = useTranslations("rollouts.stages");
  const format = useFormat();
  const now = useNow();
  const current = rollout.stages.find((stage) => stage.state === "RUNNING" || stage.state === "SOAKING");
  const stages: StageTrackStage[] = rollout.stages.map((stage) => ({
    id: String(stage.index),
    name: stage.spec.name,
    count: t("count", { done: stage.succeeded, total: stage.deviceCount }),
    state: stateSentence(t, stage, now, format),
    tone: stageKind[stage.state],
    succeeded: stage.succeeded,
    failed: stage.failed,
    busy: busyIn(stage, rollout.counts),
    total: stage.deviceCount,
    current: stage.index === current?.index,
  }));
  return (
    <Card>
      <StageTrack label={t("label")} stages={stages} />
      <ChosenOptions options={rollout.options} />
    </Card>
  );
}

function stateSentence(t: ReturnType<typeof useTranslations<"rollouts.stages">>, stage: StageView, now: Date, format: Format): string {
  const failed = stage.failed === 0 ? "" : ` · ${t("failed", { count: stage.failed })}`;
  const left = (until: Date | null) => format.duration(Math.max(0, ((until?.getTime() ?? 0) - now.getTime()) / 1000));
  switch (stage.state) {
    case "WAITING":
      return stage.spec.manual ? t("waitsForPerson") : "";
    case "RUNNING":
      return `${stage.deadlineAt === null ? t("running") : t("runningUntil", { left: left(stage.deadlineAt) })}${failed}`;
    case "SOAKING":
      return `${stage.soakUntil === null || stage.soakUntil.getTime() <= now.getTime() ? t("soaked") : t("soaking", { left: left(stage.soakUntil) })}${failed}`;
    case "PASSED": {
      const seconds =
        stage.startedAt === null || stage.finishedAt === null ? null : (stage.finishedAt.getTime() - stage.startedAt.getTime()) / 1000;
      return `${seconds === null ? t("passed") : t("passedIn", { time: format.duration(seconds) })}${failed}`;
    }
    case "FAILED":
      return `${t("halted")}${failed}`;
    default:
      return "";
  }
}
