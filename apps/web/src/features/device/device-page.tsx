"use client";
import type { DeviceView } from "@flotilla/contracts/views";
import { Chip, CopyText, Notice, PageHeader, RelativeTime, Skeleton, StateChip } from "@flotilla/ui";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useTRPC } from "../../trpc/client.tsx";
import { healthWord, kindOfHealth } from "../devices/device-health.ts";
import { useCrumbs } from "../shell/crumbs.tsx";
import { QueryView } from "../shell/query-view.tsx";
import { DeviceActions } from "./device-actions.tsx";
import { DeviceCharts } from "./device-charts.tsx";
import { DeviceFacts } from "./device-facts.tsx";
import { DeviceLog } from "./device-log.tsx";
import { DevicePlan } from "./device-plan.tsx";
import { DeviceSlots } from "./device-slots.tsx";
import { DeviceTimeline } from "./device-timeline.tsx";
import { LastProbe } from "./last-probe.tsx";

export function DevicePage({ id }: { id: string }) {
  const trpc = useTRPC();
  const device = useQuery(trpc.devices.get.queryOptions({ id }));
  useCrumbs(device.data === undefined ? undefined : [{ label: device.data.name }]);
  return (
    <QueryView page query={device} skeleton={<DeviceSkeleton />}>
      {(data) => <DeviceDetails device={data} />}
    </QueryView>
  );
}

function DeviceDetails({ device }: { device: DeviceView }) {
  return (
    <>
      <DeviceHeader device={device} />
      <DeviceNotice device={device} />
      <div className="grid gap-4 lg:grid-cols-[1.4fr_1fr]">
        <DevicePlan device={device} />
        <DeviceSlots device={device} />
      </div>
      <DeviceCharts id={device.id} />
      <div className="mt-4 grid items-start gap-4 lg:grid-cols-[1.4fr_1fr]">
        <div className="grid min-w-0 gap-4">
          <DeviceTimeline id={device.id} />
          <DeviceLog id={device.id} />
        </div>
        <div className="grid gap-4">
          <LastProbe probe={device.lastProbe} />
          <DeviceFacts device={device} />
        </div>
      </div>
    </>
  );
}

function DeviceHeader({ device }: { device: DeviceView }) {
  const t = useTranslations("device.line");
  const words = useTranslations("devices");
  return (
    <PageHeader
      title={device.name}
      chips={
        <>
          <StateChip kind={device.state === "REVOKED" ? "off" : kindOfHealth(device.health)}>
            {words(`health.${healthWord(device)}`)}
          </StateChip>
          {Object.entries(device.tags).map(([key, value]) => (
            <Chip key={key}>{value === "" ? key : `${key}=${value}`}</Chip>
          ))}
        </>
      }
      actions={<DeviceActions device={device} />}
    >
      <span className="inline-flex flex-wrap items-center gap-x-1.5">
        {device.profileName} · {t("agent", { version: device.profile.agentVersion })} ·{" "}
        {device.online ? (
          t("online")
        ) : (
          <span>
            {t("offline")}, {t("seen")} <RelativeTime at={device.lastSeenAt} />
          </span>
        )}{" "}
        · <CopyText text={device.id} />
      </span>
    </PageHeader>
  );
}

function DeviceNotice({ device }: { device: DeviceView }) {
  const t = useTranslations("device");
  if (device.state === "REVOKED") {
    return (
      <Notice kind="off" title={t("revoked.title")} className="mb-4">
        {t("revoked.text")}
      </Notice>
    );
  }
  if (device.state === "PENDING") {
    return (
      <Notice kind="warn" title={t("pending.title")} className="mb-4">
        {t("pending.text", { fingerprint: device.fingerprint })}
      </Notice>
    );
  }
  return null;
}

function DeviceSkeleton() {
  return (
    <>
      <Skeleton className="mb-2 h-7 w-64" />
      <Skeleton className="mb-4 h-4 w-96 max-w-full" />
      <div className="grid gap-4 lg:grid-cols-[1.4fr_1fr]">
        <Skeleton className="h-40" />
        <Skeleton className="h-40" />
      </div>
      <Skeleton className="mt-4 h-64" />
    </>
  );
}
