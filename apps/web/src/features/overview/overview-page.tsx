"use client";
import type { OverviewView } from "@flotilla/contracts/views";
import { LinkButton, PageHeader, Skeleton } from "@flotilla/ui";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useTRPC } from "../../trpc/client.tsx";
import { QueryView } from "../shell/query-view.tsx";
import { useSession } from "../shell/session.tsx";
import { AdoptionChart } from "./adoption-chart.tsx";
import { AttentionList } from "./attention-list.tsx";
import { FirstSteps } from "./first-steps.tsx";
import { FleetGrid } from "./fleet-grid.tsx";
import { ModelTiles } from "./model-tiles.tsx";
import { RunningRollouts } from "./running-rollouts.tsx";

export function OverviewPage() {
  const trpc = useTRPC();
  const overview = useQuery(trpc.overview.get.queryOptions());
  return (
    <QueryView page query={overview} skeleton={<OverviewSkeleton />}>
      {(data) => <Overview overview={data} />}
    </QueryView>
  );
}

function Overview({ overview }: { overview: OverviewView }) {
  const t = useTranslations("overview");
  const session = useSession();
  const firstUse = !overview.firstUse.uploaded || !overview.firstUse.deviceAdded || !overview.firstUse.rolledOut;
  return (
    <>
      <PageHeader
        title={t("title", { count: overview.deviceCount, healthy: overview.healthyCount })}
        actions={
          firstUse ? undefined : (
            <>
              {session.can("token:write") && <LinkButton href="/devices?add=true">{t("add")}</LinkButton>}
              {session.can("model:write") && (
                <LinkButton variant="primary" href="/models?upload=true">
                  {t("upload")}
                </LinkButton>
              )}
            </>
          )
        }
      />
      <FirstSteps firstUse={overview.firstUse} />
      <div className="grid gap-4 lg:grid-cols-[1.1fr_1.5fr]">
        <FleetGrid overview={overview} />
        <AdoptionChart overview={overview} />
      </div>
      <RunningRollouts rollouts={overview.running} />
      <AttentionList items={overview.attention} />
      <ModelTiles models={overview.models} />
    </>
  );
}

function OverviewSkeleton() {
  return (
    <>
      <Skeleton className="mb-4 h-8 w-72" />
      <div className="grid gap-4 lg:grid-cols-[1.1fr_1.5fr]">
        <Skeleton className="h-64" />
        <Skeleton className="h-64" />
      </div>
      <Skeleton className="mt-4 h-36" />
      <div className="mt-4 grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
        <Skeleton className="h-28" />
        <Skeleton className="h-28" />
        <Skeleton className="h-28" />
      </div>
    </>
  );
}
