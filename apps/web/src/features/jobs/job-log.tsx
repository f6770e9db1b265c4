"use client";
import { LogLines, Skeleton } from "@flotilla/ui";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useTRPC } from "../../trpc/client.tsx";
import { QueryView } from "../shell/query-view.tsx";

/** The log of a job, live. */
export function JobLog({ jobId }: { jobId: string }) {
  const t = useTranslations("jobs.log");
  const trpc = useTRPC();
  const query = useQuery(trpc.jobs.log.queryOptions({ jobId }));
  return (
    <QueryView query={query} skeleton={<Skeleton className="h-32" />}>
      {(lines) =>
        lines.length === 0 ? (
          <p className="text-muted">{t("empty")}</p>
        ) : (
          <LogLines label={t("label")} lines={lines} words={{ warning: t("warning"), error: t("error") }} />
        )
      }
    </QueryView>
  );
}
