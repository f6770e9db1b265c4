"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../trpc/client.tsx";

/** Live events say when a report is ready; this is only for a connection that is lost. */
const ASK_AGAIN_MS = 3_000;

/** What each kind of device makes of a variant: asking starts the report where there is none. */
export function useTargetReport(variantId: string) {
  const trpc = useTRPC();
  return useQuery({
    ...trpc.models.targetReport.queryOptions({ id: variantId }),
    refetchInterval: (query) => (query.state.data?.state === "BUILDING" ? ASK_AGAIN_MS : false),
  });
}
