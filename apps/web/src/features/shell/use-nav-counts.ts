"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../trpc/client.tsx";
import type { NavKey } from "./nav-items.ts";

const LIVE_STATES = new Set(["RUNNING", "PAUSED", "HALTED", "REVERTING"]);

/** What the rail says beside its words. Missing while unknown. */
export function useNavCounts(): Partial<Record<NavKey, number>> & { liveRollouts?: number } {
  const trpc = useTRPC();
  const models = useQuery(trpc.models.list.queryOptions({ limit: 1 }, { select: (page) => page.total }));
  const devices = useQuery(trpc.devices.list.queryOptions({ filter: "", state: "ACTIVE", limit: 1 }, { select: (page) => page.total }));
  const groups = useQuery(trpc.groups.list.queryOptions(undefined, { select: (list) => list.length }));
  const rollouts = useQuery(
    trpc.rollouts.list.queryOptions({}, { select: (page) => page.items.filter((rollout) => LIVE_STATES.has(rollout.state)).length }),
  );
  return {
    ...(models.data === undefined ? {} : { models: models.data }),
    ...(devices.data === undefined ? {} : { devices: devices.data }),
    ...(groups.data === undefined ? {} : { groups: groups.data }),
    ...(rollouts.data === undefined ? {} : { liveRollouts: rollouts.data }),
  };
}
