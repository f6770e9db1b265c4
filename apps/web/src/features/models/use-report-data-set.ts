"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../trpc/client.tsx";

/** The data set that a variant's report was measured on, where it is still there: where the pictures of its samples come from. */
export function useReportDataSet(modelVersionId: string, variantId: string): string | null {
  const trpc = useTRPC();
  const jobs = useQuery(trpc.jobs.list.queryOptions({ modelVersionId }));
  // Newest first: the job that wrote the report that is shown.
  return jobs.data?.find((job) => job.variantId === variantId && job.state === "SUCCEEDED")?.testDataSetId ?? null;
}
