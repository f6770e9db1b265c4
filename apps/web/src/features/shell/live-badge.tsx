"use client";
import { LiveDot } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { useLiveState } from "../../trpc/live-provider.tsx";

export function LiveBadge() {
  const t = useTranslations("shell.live");
  const state = useLiveState();
  return (
    <LiveDot state={state} title={t(`${state}Hint`)}>
      {t(state)}
    </LiveDot>
  );
}
