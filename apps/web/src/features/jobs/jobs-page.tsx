"use client";
import { Button, Card, EmptyState, LinkButton, PageHeader, RadioGroup, SkeletonRows } from "@flotilla/ui";
import { useQuery } from "@tanstack/react-query";
import { Clock } from "lucide-react";
import { useTranslations } from "next-intl";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { useTRPC } from "../../trpc/client.tsx";
import { QueryView } from "../shell/query-view.tsx";
import { JobList } from "./job-list.tsx";
import { isOpen } from "./job-states.ts";

const filters = ["all", "open", "failed", "done"] as const;

/** Every optimisation and validation, newest first. */
export function JobsPage() {
  const t = useTranslations("jobs");
  const trpc = useTRPC();
  const query = useQuery(trpc.jobs.list.queryOptions({}));
  const [filter, setFilter] = useQueryState("show", parseAsStringLiteral(filters).withDefault("all"));
  return (
    <>
      <PageHeader title={t("list.title")}>{t("list.subtitle")}</PageHeader>
      <QueryView query={query} skeleton={<SkeletonRows />}>
        {(jobs) => {
          if (jobs.length === 0) {
            return (
              <EmptyState
                title={t("list.empty")}
                icon={<Clock size={24} />}
                action={
                  <LinkButton href="/models" variant="primary">
                    {t("list.toModels")}
                  </LinkButton>
                }
              >
                {t("list.emptyText")}
              </EmptyState>
            );
          }
          const shown = jobs.filter(
            (job) =>
              filter === "all" ||
              (filter === "open" && isOpen(job.state)) ||
              (filter === "failed" && job.state === "FAILED") ||
              (filter === "done" && job.state === "SUCCEEDED"),
          );
          return (
            <div className="flex flex-col gap-3">
              <RadioGroup
                label={t("list.filter.label")}
                hideLabel
                layout="segmented"
                value={filter}
                onValueChange={(next) => void setFilter(next)}
                options={filters.map((value) => ({ value, label: t(`list.filter.${value}`) }))}
              />
              {shown.length === 0 ? (
                <EmptyState
                  title={t("list.filteredEmpty")}
                  action={<Button onClick={() => void setFilter(null)}>{t("list.clear")}</Button>}
                />
              ) : (
                <Card flush>
                  <JobList jobs={shown} withModel />
                </Card>
              )}
            </div>
          );
        }}
      </QueryView>
    </>
  );
}
