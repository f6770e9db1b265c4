"use client";
import type { DeviceListItem } from "@flotilla/contracts/views";
import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useRef } from "react";
import { useTRPC, useTRPCClient } from "../../trpc/client.tsx";
import { useLiveTopic } from "../../trpc/live-provider.tsx";
import { pagesOnScreen, type VisibleRange } from "./pages-on-screen.ts";

export const PAGE_SIZE = 200;

const MIN_GAP_MS = 1000;

/** Pending devices have a list of their own. */
export const listedStates = ["ACTIVE", "REVOKED"] as const;
export type ListedState = (typeof listedStates)[number];

export interface DeviceSort {
  by: "name" | "lastSeen" | "health";
  desc: boolean;
}

/**
 * The list in keyset pages, loaded as far as somebody scrolled. When a device changes, only the first page (it carries the count) and the pages on
 * the screen are asked again: fifty pages a second would be no help to anybody.
 */
export function useDevicePages(state: ListedState, filter: string, sort: DeviceSort) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const visible = useRef<VisibleRange>({ first: 0, last: 0 });
  const input = useMemo(() => ({ state, filter, sort, limit: PAGE_SIZE }), [state, filter, sort]);
  const options = trpc.devices.list.infiniteQueryOptions(input, {
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    meta: { live: false },
  });
  const query = useInfiniteQuery(options);
  const { queryKey } = options;

  const refreshing = useRef(false);
  const dirty = useRef(false);
  const refresh = useCallback(async () => {
    dirty.current = true;
    if (refreshing.current) return;
    refreshing.current = true;
    while (dirty.current) {
      dirty.current = false;
      const known = queryClient.getQueryData(queryKey);
      const wanted =
        known === undefined
          ? []
          : pagesOnScreen(
              known.pages.map((page) => page.items.length),
              visible.current,
            );
      await Promise.allSettled(
        wanted.map(async (index) => {
          const cursor = known?.pageParams[index];
          const page = await client.devices.list.query({ ...input, ...(cursor === null || cursor === undefined ? {} : { cursor }) });
          queryClient.setQueryData(queryKey, (old) =>
            old === undefined ? old : { ...old, pages: old.pages.map((each, at) => (at === index ? page : each)) },
          );
        }),
      );
      await new Promise((resolve) => setTimeout(resolve, MIN_GAP_MS));
    }
    refreshing.current = false;
  }, [client, input, queryClient, queryKey]);
  useLiveTopic("device", () => void refresh());

  const devices = useMemo<DeviceListItem[]>(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const setVisible = useCallback((range: VisibleRange) => {
    visible.current = range;
  }, []);
  const { total = 0, totalIs = "exact" } = query.data?.pages[0] ?? {};
  // Behind what is counted the list grows as far as it is loaded, and a page more.
  const rows = totalIs === "exact" ? total : devices.length + (query.hasNextPage ? PAGE_SIZE : 0);
  return { query, devices, total, totalIs, rows, setVisible };
}
