"use client";
import type { JobView } from "@flotilla/contracts/views";
import { Progress } from "@flotilla/ui";
import { useTranslations } from "next-intl";

/** How far an open job is, in words. */
export function JobProgressBar({ job }: { job: JobView }) {
  const t = useTranslations("jobs.progress");
  const { progress } = job;
  if (progress === null)
    return <Progress value={job.state === "QUEUED" ? 0 : null} label={t(job.state === "QUEUED" ? "queued" : "starting")} />;
  const words =
    progress.done === null || progress.total === null
      ? t(progress.step)
      : t("counted", { step: t(progress.step), done: progress.done, total: progress.total });
  return <Progress value={progress.fraction} label={words} />;
}
