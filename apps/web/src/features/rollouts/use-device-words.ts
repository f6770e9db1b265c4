"use client";
import type { DotState } from "@flotilla/contracts/rollout-dots";
import { useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";

/** How far a device is, in words. */
export function useDeviceWord(): (device: DotState) => string {
  const t = useTranslations("rollouts.devices");
  const format = useFormat();
  return ({ state, progress, online }) =>
    state === "DOWNLOADING" && progress !== null
      ? t("downloading", { progress: format.percent(progress, 0) })
      : `${t(`states.${state}`)}${online ? "" : ` · ${t("away")}`}`;
}
