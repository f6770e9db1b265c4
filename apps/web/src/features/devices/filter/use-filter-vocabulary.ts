"use client";
import type { FilterVocabulary } from "@flotilla/domain/filter";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../../trpc/client.tsx";

const NONE: FilterVocabulary = { fields: {}, tags: {} };
const FRESH_MS = 60_000;

/** What the fleet has, to be offered; asked for once somebody types, and not with every report of a device. */
export function useFilterVocabulary(enabled: boolean): FilterVocabulary {
  const trpc = useTRPC();
  const vocabulary = useQuery(
    trpc.devices.filterVocabulary.queryOptions(undefined, { enabled, staleTime: FRESH_MS, meta: { live: false } }),
  );
  return vocabulary.data ?? NONE;
}
