"use client";
import type { RolloutDeviceView, RolloutView } from "@flotilla/contracts/views";
import { AppLink, useFormat } from "@flotilla/ui";
import type { ChartTable } from "@flotilla/ui/charts";
import { useTranslations } from "next-intl";
import { useReasonText } from "../shell/use-reason-text.ts";
import { useDeviceWord } from "./use-device-words.ts";

/** The table behind a rollout's dots: what each device got, proved and said. */
export function useRolloutTable(stages: RolloutView["stages"]): (devices: readonly RolloutDeviceView[]) => ChartTable {
  const t = useTranslations("rollouts.devices.table");
  const format = useFormat();
  const say = useReasonText();
  const word = useDeviceWord();
  const columns = [
    { label: t("device") },
    { label: t("stage") },
    { label: t("state") },
    { label: t("fetched"), numeric: true },
    { label: t("p95"), numeric: true },
    { label: t("agreement"), numeric: true },
    { label: t("reason") },
  ];
  return (devices) => ({
    columns,
    rows: devices.map((device) => [
      <AppLink key="name" href={`/devices/${device.deviceId}`} className="text-link">
        {device.name}
      </AppLink>,
      stages[device.stageIndex]?.spec.name ?? "",
      word(device),
      format.bytes(device.bytesFetched),
      device.probe === null ? "–" : format.ms(device.probe.latencyP95Ms),
      device.probe?.goldenAgreement === null || device.probe === null ? "–" : format.percent(device.probe.goldenAgreement),
      device.reason === null ? "" : say(device.reason),
    ]),
  });
}
