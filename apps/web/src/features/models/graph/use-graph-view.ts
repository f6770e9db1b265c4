"use client";
import type { GraphView } from "@flotilla/contracts";
import type { GraphViewStatus } from "@flotilla/contracts/views";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../../trpc/client.tsx";

/** Live events say when a drawing is ready; this is only for a connection that is lost. */
const ASK_AGAIN_MS = 3_000;

export interface GraphViewQuery {
  status: GraphViewStatus | undefined;
  view: GraphView | undefined;
  error: unknown;
  isFetching: boolean;
  refetch: () => void;
}

/** The picture of a variant's graph: where it is, and once it is there, itself. */
export function useGraphView(variantId: string): GraphViewQuery {
  const trpc = useTRPC();
  const status = useQuery({
    ...trpc.models.graphView.queryOptions({ id: variantId }),
    refetchInterval: (query) => (query.state.data?.state === "BUILDING" ? ASK_AGAIN_MS : false),
  });
  const sha256 = status.data?.sha256 ?? null;
  const view = useQuery({
    queryKey: ["graph-view", sha256],
    queryFn: ({ signal }) => fetchView(sha256 ?? "", signal),
    enabled: sha256 !== null,
    // A digest names one picture for ever.
    staleTime: Number.POSITIVE_INFINITY,
    meta: { live: false },
  });
  return {
    status: status.data,
    view: view.data,
    error: status.error ?? view.error,
    isFetching: status.isFetching || view.isFetching,
    refetch: () => void (status.error === null ? view.refetch() : status.refetch()),
  };
}

/** The worker has checked the picture against its schema before it was stored. */
async function fetchView(sha256: string, signal: AbortSignal): Promise<GraphView> {
  const response = await fetch(`/api/graph-views/${sha256}.json.gz`, { signal });
  if (response.ok && response.body !== null) {
    const unpacked = response.body.pipeThrough(new DecompressionStream("gzip"));
    return (await new Response(unpacked).json()) as GraphView;
  }
  const answer = (await response.json().catch(() => null)) as { message?: string } | null;
  throw new Error(answer?.message ?? response.statusText);
}
