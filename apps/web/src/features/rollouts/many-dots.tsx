"use client";
import { readDot, ROLLOUT_PAGE } from "@flotilla/contracts/rollout-dots";
import type { RolloutDotsView } from "@flotilla/contracts/views";
import { Skeleton } from "@flotilla/ui";
import { DotCanvas, type DotLook } from "@flotilla/ui/charts";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { useMemo, useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { QueryView } from "../shell/query-view.tsx";
import { useReasonText } from "../shell/use-reason-text.ts";
import type { DotsProps } from "./dots-props.ts";
import { dotOf } from "./rollout-states.ts";
import { useDeviceWord } from "./use-device-words.ts";
import { usePagedTable } from "./use-paged-table.tsx";

const UNKNOWN: DotLook = { kind: "waiting", fill: 0 };

/** Devices of a whole fleet: one character each, and who one of them is when somebody points at it. */
export function ManyDots(props: DotsProps) {
  const trpc = useTRPC();
  const query = useQuery(trpc.rollouts.dots.queryOptions({ id: props.rollout.id }));
  return (
    <QueryView query={query} skeleton={<Skeleton className="h-96" />}>
      {(view) => <Dots {...props} view={view} />}
    </QueryView>
  );
}

function Dots({ rollout, view, ...figure }: DotsProps & { view: RolloutDotsView }) {
  const [active, setActive] = useState<number | null>(null);
  const dots = useMemo(() => looksOf(view.dots), [view.dots]);
  const { text, open } = useDevice(rollout.id, view, active);
  const table = usePagedTable(rollout);
  return <DotCanvas {...figure} dots={dots} active={active} onActive={setActive} text={text} onOpen={open} table={table} />;
}

/** Dots of one code share one look. */
function looksOf(dots: string): DotLook[] {
  const looks = new Map<string, DotLook>();
  return Array.from(dots, (code) => {
    const known = looks.get(code);
    if (known !== undefined) return known;
    const state = readDot(code);
    const look = state === null ? UNKNOWN : dotOf(state);
    looks.set(code, look);
    return look;
  });
}

/** Who a dot is: by its page, which is asked for when the first of its dots is pointed at. */
function useDevice(id: string, { dots, pages }: RolloutDotsView, active: number | null) {
  const t = useTranslations("rollouts.devices");
  const trpc = useTRPC();
  const client = useQueryClient();
  const router = useRouter();
  const word = useDeviceWord();
  const say = useReasonText();
  const pageOf = (index: number) => trpc.rollouts.devices.queryOptions({ id, from: pages[Math.floor(index / ROLLOUT_PAGE)] });
  const page = useQuery({ ...pageOf(active ?? 0), enabled: active !== null });
  const device = active === null ? undefined : page.data?.items[active % ROLLOUT_PAGE];
  const state = active === null ? null : readDot(dots[active] ?? "");
  const reason = device?.reason ?? null;
  const known = device === undefined ? (state === null ? t("hint") : word(state)) : `${device.name}: ${word(device)}`;
  const open = async (index: number) => {
    const { items } = await client.ensureQueryData(pageOf(index));
    const chosen = items[index % ROLLOUT_PAGE];
    if (chosen !== undefined) router.push(`/devices/${chosen.deviceId}`);
  };
  return { text: reason === null ? known : `${known}. ${say(reason)}`, open: (index: number) => void open(index) };
}
