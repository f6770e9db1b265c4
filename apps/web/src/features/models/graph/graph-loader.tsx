"use client";
import type { GraphView } from "@flotilla/contracts";
import { Skeleton, SkeletonGroup } from "@flotilla/ui";
import type { ReactNode } from "react";
import { QueryFailure } from "../../shell/query-failure.tsx";
import { GraphStatus } from "./graph-status.tsx";
import type { GraphViewQuery } from "./use-graph-view.ts";

/** The states of a picture on its way: asked for, being drawn, failed, loading; then the picture. */
export function GraphLoader({
  query,
  variantId,
  children,
}: {
  query: GraphViewQuery;
  variantId: string;
  children: (view: GraphView) => ReactNode;
}) {
  const { status, view } = query;
  if (view !== undefined) return <>{children(view)}</>;
  if (query.error !== null) return <QueryFailure error={query.error} retrying={query.isFetching} onRetry={query.refetch} />;
  if (status !== undefined && status.state !== "READY") return <GraphStatus status={status} variantId={variantId} />;
  return (
    <SkeletonGroup>
      <Skeleton className="h-[max(24rem,calc(100dvh-19rem))]" />
    </SkeletonGroup>
  );
}
