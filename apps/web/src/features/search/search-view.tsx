"use client";
import type { SearchFindings } from "@flotilla/contracts";
import type { JobView, ModelVersionView, SearchView as Search } from "@flotilla/contracts/views";
import { Button, Card, Chip, Notice, Skeleton, StateChip } from "@flotilla/ui";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { parseAsInteger, useQueryState } from "nuqs";
import { useTRPC } from "../../trpc/client.tsx";
import { JobProgressBar } from "../jobs/job-progress-bar.tsx";
import { isOpen, jobKind } from "../jobs/job-states.ts";
import { QueryView } from "../shell/query-view.tsx";
import { useReasonText } from "../shell/use-reason-text.ts";
import { CandidatePlot } from "./candidate-plot.tsx";
import { CandidateTable } from "./candidate-table.tsx";
import { SearchActions } from "./search-actions.tsx";
import { SensitivityChart } from "./sensitivity-chart.tsx";
import { useGoalText } from "./use-goal-text.ts";
import { useProfileText } from "./use-profile-text.ts";
import { VerdictCard } from "./verdict-card.tsx";

export interface SearchViewProps {
  job: JobView;
  version: ModelVersionView;
  onClose: () => void;
}

/** A search for a variant that meets a goal, while it goes on and after: what was tried, what is recommended, what each layer costs. */
export function SearchView({ job, version, onClose }: SearchViewProps) {
  const t = useTranslations("search");
  const tJobs = useTranslations("jobs.states");
  const trpc = useTRPC();
  const sayGoal = useGoalText();
  const sayReason = useReasonText();
  const query = useQuery(trpc.jobs.findings.queryOptions({ id: job.id }));
  const search = query.data;
  return (
    <section aria-label={t("title")} className="flex flex-col gap-4" data-search={job.id} data-state={job.state}>
      <Card>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <h2 className="font-semibold text-lg">{t("title")}</h2>
          <StateChip kind={jobKind[job.state]}>{tJobs(job.state)}</StateChip>
          {search?.findings !== null && search?.measuredOnTarget === false ? <Chip>{t("estimate")}</Chip> : null}
          <span className="ml-auto inline-flex flex-wrap gap-2">
            <SearchActions job={job} stopRequested={search?.stopRequested ?? false} found={search?.findings?.candidates.length ?? 0} />
            {isOpen(job.state) ? null : (
              <Button size="sm" onClick={onClose}>
                {t("close")}
              </Button>
            )}
          </span>
        </div>
        {search === undefined ? null : <p className="mt-1 text-muted">{sayGoal(search.goal)}</p>}
        {isOpen(job.state) ? (
          <div className="mt-3" aria-live="polite">
            <JobProgressBar job={job} />
          </div>
        ) : null}
        {job.state === "FAILED" && job.error !== null ? (
          <Notice kind="bad" live={false} className="mt-3">
            {sayReason(job.error)}
          </Notice>
        ) : null}
      </Card>
      <QueryView query={query} skeleton={<Skeleton className="min-h-screen" />}>
        {(data) =>
          data.findings === null ? (
            <p className="text-muted">{t(isOpen(data.state) ? "nothingYet" : "nothingFound")}</p>
          ) : (
            <Findings search={data} findings={data.findings} version={version} />
          )
        }
      </QueryView>
    </section>
  );
}

function Findings({ search, findings, version }: { search: Search; findings: SearchFindings; version: ModelVersionView }) {
  const t = useTranslations("search");
  const profile = useProfileText();
  const [selected, setSelected] = useQueryState("candidate", parseAsInteger);
  const shared = {
    search,
    findings,
    version,
    selected: selected === null ? null : selected - 1,
    onSelect: (index: number | null) => void setSelected(index === null ? null : index + 1),
  };
  return (
    <>
      {findings.verdict === null ? null : <VerdictCard search={search} findings={findings} version={version} />}
      {search.measuredOnTarget ? null : (
        <Notice kind="off" live={false}>
          {t("estimateText", { machine: findings.machine, profile: profile.name(search.goal.targetProfile) })}
        </Notice>
      )}
      <div className="grid items-start gap-4 xl:grid-cols-[1fr_1.25fr]">
        <Card>
          <CandidatePlot {...shared} />
        </Card>
        <CandidateTable {...shared} />
      </div>
      {findings.sensitivity.length === 0 ? null : (
        <Card>
          <SensitivityChart findings={findings} fileName={`${version.modelName}-${version.version}-sensitivity`} />
        </Card>
      )}
    </>
  );
}
