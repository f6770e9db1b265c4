"use client";
import { Skeleton } from "@flotilla/ui";
import { type Dot, DotMatrix } from "@flotilla/ui/charts";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { useTRPC } from "../../trpc/client.tsx";
import { QueryView } from "../shell/query-view.tsx";
import { useReasonText } from "../shell/use-reason-text.ts";
import type { DotsProps } from "./dots-props.ts";
import { dotOf } from "./rollout-states.ts";
import { useDeviceWord } from "./use-device-words.ts";
import { useRolloutTable } from "./use-rollout-table.tsx";

const numeric = new Intl.Collator(undefined, { numeric: true });

/** Devices that fit into one page: each dot says by itself who it is. */
export function FewDots({ rollout, ...figure }: DotsProps) {
  const t = useTranslations("rollouts.devices");
  const trpc = useTRPC();
  const router = useRouter();
  const say = useReasonText();
  const word = useDeviceWord();
  const tableOf = useRolloutTable(rollout.stages);
  const query = useQuery(trpc.rollouts.devices.queryOptions({ id: rollout.id }));
  return (
    <QueryView query={query} skeleton={<Skeleton className="h-24" />}>
      {({ items }) => {
        const devices = items.toSorted((left, right) => left.stageIndex - right.stageIndex || numeric.compare(left.name, right.name));
        const dots = devices.map(
          (device): Dot => ({
            id: device.deviceId,
            label: device.name,
            ...dotOf(device),
            word: word(device),
            ...(device.reason === null ? {} : { reason: say(device.reason) }),
          }),
        );
        return (
          <DotMatrix {...figure} dots={dots} hint={t("hint")} onOpen={(id) => router.push(`/devices/${id}`)} table={tableOf(devices)} />
        );
      }}
    </QueryView>
  );
}
