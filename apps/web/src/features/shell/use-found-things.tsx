"use client";
import type { CommandItem } from "@flotilla/ui";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Boxes, Cpu, Network, Waypoints } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useDeferredValue } from "react";
import { useTRPC } from "../../trpc/client.tsx";

const MOST = 5;
const ICON = 16;

/** Devices, models, groups and rollouts whose name has the typed words. */
export function useFoundThings(query: string, active: boolean): CommandItem[] {
  const t = useTranslations("shell.command");
  const trpc = useTRPC();
  const router = useRouter();
  const search = useDeferredValue(query.trim());
  const enabled = active && search.length >= 2;
  const options = { enabled, placeholderData: keepPreviousData };
  const devices = useQuery(trpc.devices.list.queryOptions({ filter: JSON.stringify(search), limit: MOST }, options));
  const models = useQuery(trpc.models.list.queryOptions({ search, limit: MOST }, options));
  const groups = useQuery(trpc.groups.list.queryOptions(undefined, options));
  const rollouts = useQuery(trpc.rollouts.list.queryOptions({}, options));
  if (!enabled) return [];
  const has = (name: string) => name.toLowerCase().includes(search.toLowerCase());
  const item = (kind: string, id: string, label: string, href: string, icon: CommandItem["icon"], hint: string): CommandItem => ({
    id: `${kind}-${id}`,
    label,
    keywords: [query],
    icon,
    hint,
    onSelect: () => router.push(href),
  });
  return [
    ...(devices.data?.items ?? []).map((device) =>
      item("device", device.id, device.name, `/devices/${device.id}`, <Cpu size={ICON} />, t("kindDevice")),
    ),
    ...(models.data?.items ?? []).map((model) =>
      item("model", model.id, model.name, `/models/${model.id}`, <Boxes size={ICON} />, t("kindModel")),
    ),
    ...(groups.data ?? [])
      .filter((group) => has(group.name))
      .slice(0, MOST)
      .map((group) => item("group", group.id, group.name, `/groups?group=${group.id}`, <Network size={ICON} />, t("kindGroup"))),
    ...(rollouts.data?.items ?? [])
      .filter((rollout) => has(rollout.name))
      .slice(0, MOST)
      .map((rollout) => item("rollout", rollout.id, rollout.name, `/rollouts/${rollout.id}`, <Waypoints size={ICON} />, t("kindRollout"))),
  ];
}
