"use client";
import type { RolloutView } from "@flotilla/contracts/views";
import { hasNotBegun } from "@flotilla/domain";
import { Skeleton } from "@flotilla/ui";
import { usePrefetchQuery, useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../trpc/client.tsx";
import { useCrumbs } from "../shell/crumbs.tsx";
import { QueryView } from "../shell/query-view.tsx";
import { DecisionLog } from "./decision-log.tsx";
import { RolloutApprovals } from "./rollout-approvals.tsx";
import { RolloutDevices } from "./rollout-devices.tsx";
import { RolloutGates } from "./rollout-gates.tsx";
import { RolloutHeader } from "./rollout-header.tsx";
import { RolloutNotices } from "./rollout-notices.tsx";
import { RolloutPlan } from "./rollout-plan.tsx";
import { RolloutStages } from "./rollout-stages.tsx";

/** One rollout, live. */
export function RolloutPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.rollouts.get.queryOptions({ id }));
  // Beside the rollout and not after it.
  usePrefetchQuery(trpc.rollouts.devices.queryOptions({ id }));
  useCrumbs(query.data === undefined ? undefined : [{ label: query.data.name }]);
  return (
    <QueryView page query={query} skeleton={<RolloutSkeleton />}>
      {(rollout) => (
        <div className="flex flex-col gap-4">
          <div className="-mb-4">
            <RolloutHeader rollout={rollout} />
          </div>
          <RolloutNotices rollout={rollout} />
          <RolloutApprovals rollout={rollout} />
          {hasNotBegun(rollout.state) ? <RolloutPlan rollout={rollout} /> : <RolloutProgress rollout={rollout} />}
        </div>
      )}
    </QueryView>
  );
}

function RolloutProgress({ rollout }: { rollout: RolloutView }) {
  return (
    <>
      <RolloutStages rollout={rollout} />
      <RolloutGates rollout={rollout} />
      <div className="grid gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <RolloutDevices rollout={rollout} />
        <DecisionLog decisions={rollout.decisions} />
      </div>
    </>
  );
}

function RolloutSkeleton() {
  return (
    <div className="flex flex-col gap-4">
      <Skeleton className="h-7 w-80 max-w-full" />
      <Skeleton className="h-5 w-[480px] max-w-full" />
      <Skeleton className="h-20" />
      <div className="grid gap-4 sm:grid-cols-2 xl:grid-cols-4">
        {[0, 1, 2, 3].map((tile) => (
          <Skeleton key={tile} className="h-40" />
        ))}
      </div>
      <div className="grid gap-4 lg:grid-cols-[2fr_1fr]">
        <Skeleton className="h-64" />
        <Skeleton className="h-64" />
      </div>
    </div>
  );
}
