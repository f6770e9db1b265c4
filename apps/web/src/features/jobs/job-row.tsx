"use client";
import type { JobView } from "@flotilla/contracts/views";
import { AppLink, Button, LinkButton, Notice, RelativeTime, StateChip, toast, useFormat } from "@flotilla/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ChevronDown, ChevronRight } from "lucide-react";
import { useTranslations } from "next-intl";
import { useTRPC } from "../../trpc/client.tsx";
import { useSession } from "../shell/session.tsx";
import { useErrorText, useReasonText } from "../shell/use-reason-text.ts";
import { JobLog } from "./job-log.tsx";
import { JobProgressBar } from "./job-progress-bar.tsx";
import { isOpen, jobKind } from "./job-states.ts";

export interface JobRowProps {
  job: JobView;
  /** Show which model it is for; not needed on the model's own page. */
  withModel?: boolean;
  expanded: boolean;
  onToggle: () => void;
}

/** One job: state, progress with words, log, cancel, retry. */
export function JobRow({ job, withModel = false, expanded, onToggle }: JobRowProps) {
  const t = useTranslations("jobs");
  const sayReason = useReasonText();
  const format = useFormat();
  const Icon = expanded ? ChevronDown : ChevronRight;
  const name = useJobName()(job);
  const seconds = job.startedAt === null || job.finishedAt === null ? null : (job.finishedAt.getTime() - job.startedAt.getTime()) / 1000;
  return (
    <li className="flex flex-col gap-2 border-b px-4 py-3 last:border-b-0" data-job={job.id} data-state={job.state}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <button
          type="button"
          aria-expanded={expanded}
          onClick={onToggle}
          className="inline-flex min-h-6 min-w-0 items-center gap-1.5 text-left font-semibold hover:underline"
        >
          <Icon size={14} aria-hidden className="shrink-0" />
          <span className="truncate">{name}</span>
        </button>
        <StateChip kind={jobKind[job.state]}>{t(`states.${job.state}`)}</StateChip>
        <span className="min-w-0 text-muted text-xs">
          {withModel ? (
            <>
              <AppLink href={`/models/${job.modelId}/versions/${job.modelVersionId}?tab=variants`} className="text-link">
                {job.modelName} {job.version}
              </AppLink>
              {" · "}
            </>
          ) : null}
          <RelativeTime at={job.createdAt} /> · {job.createdBy}
          {seconds === null ? "" : ` · ${t("took", { time: format.duration(seconds) })}`}
          {job.attempts > 1 ? ` · ${t("attempt", { count: job.attempts })}` : ""}
        </span>
        <span className="ml-auto inline-flex flex-wrap items-center gap-2">
          {job.kind === "search" ? (
            <LinkButton size="sm" href={`/models/${job.modelId}/versions/${job.modelVersionId}?tab=variants&search=${job.id}`}>
              {t("showSearch")}
            </LinkButton>
          ) : null}
          <JobButtons job={job} name={name} />
        </span>
      </div>
      {isOpen(job.state) ? <JobProgressBar job={job} /> : null}
      {job.error !== null && job.state === "FAILED" ? (
        <Notice kind="bad" live={false}>
          {sayReason(job.error)}
        </Notice>
      ) : null}
      {expanded ? <JobLog jobId={job.id} /> : null}
    </li>
  );
}

function JobButtons({ job, name }: { job: JobView; name: string }) {
  const t = useTranslations("jobs");
  const say = useErrorText();
  const trpc = useTRPC();
  const client = useQueryClient();
  const session = useSession();
  const options = {
    onSettled: () => client.invalidateQueries(trpc.jobs.pathFilter()),
    onError: (error: unknown) => {
      toast.error(say(error));
    },
  };
  const cancel = useMutation(trpc.jobs.cancel.mutationOptions(options));
  const retry = useMutation(trpc.jobs.retry.mutationOptions(options));
  if (!session.can("job:write")) return null;
  if (isOpen(job.state)) {
    return (
      <Button size="sm" pending={cancel.isPending} onClick={() => cancel.mutate({ id: job.id })} aria-label={t("cancelNamed", { name })}>
        {t("cancel")}
      </Button>
    );
  }
  if (job.state === "SUCCEEDED") return null;
  return (
    <Button size="sm" pending={retry.isPending} onClick={() => retry.mutate({ id: job.id })} aria-label={t("retryNamed", { name })}>
      {t("retry")}
    </Button>
  );
}

/** What a job is called: by its recipe, by what it measures, or by what it looks for. */
function useJobName(): (job: JobView) => string {
  const t = useTranslations("jobs");
  return ({ kind, recipe }) => {
    if (kind === "search") return t("searchName");
    return kind === "validate" ? t("validateName", { name: recipe.name }) : recipe.name;
  };
}
