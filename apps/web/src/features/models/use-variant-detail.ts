"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../trpc/client.tsx";

/** Histograms and times of a variant, which are too big to come with the version. */
export function useVariantDetail(variantId: string) {
  const trpc = useTRPC();
  return useQuery(trpc.models.variantDetail.queryOptions({ id: variantId }));
}
