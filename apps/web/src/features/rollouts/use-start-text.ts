"use client";
import type { RolloutView } from "@flotilla/contracts/views";
import { useLocale, useTranslations } from "next-intl";
import { sayInstant } from "./say-instant.ts";

/** When it starts: "at once", or the hour in the time zone in which it was chosen. */
export function useStartText(): (beginning: Pick<RolloutView["beginning"], "startAt" | "timeZone">) => string {
  const t = useTranslations("rollouts.start");
  const locale = useLocale();
  return ({ startAt, timeZone }) =>
    startAt === null ? t("startsNow") : t("startsAt", { at: sayInstant(locale, startAt, timeZone ?? "UTC") });
}
