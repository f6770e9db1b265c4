"use client";
import type { RolloutView } from "@flotilla/contracts/views";
import { AppLink, Notice, RelativeTime, useFormat, useNow } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { RolloutWaiting } from "./rollout-waiting.tsx";
import { useStartText } from "./use-start-text.ts";

/** What stands above everything else of a rollout: that its release is bad, who could not go back, who waits, and when it starts. */
export function RolloutNotices({ rollout }: { rollout: RolloutView }) {
  const t = useTranslations("rollouts.notices");
  const { invalidated, staying, state, can, revertReach } = rollout;
  return (
    <>
      {invalidated === null ? null : (
        <Notice kind="bad" title={t("invalidated", { release: rollout.release.name })}>
          <p>
            {t("invalidatedBy", { reason: invalidated.reason, person: invalidated.by })} · <RelativeTime at={invalidated.at} />
          </p>
          <p>{can.revert ? t("revertIt", { count: revertReach.deviceCount }) : t("nothingToRevert")}</p>
        </Notice>
      )}
      {staying.total === 0 ? null : (
        <Notice kind="warn" title={t("staying", { count: staying.total })}>
          <p>{t("stayingWhy", { releases: [...new Set(staying.devices.map(({ releaseName }) => releaseName))].join(", ") })}</p>
          <details>
            <summary className="cursor-pointer">{t("stayingWho")}</summary>
            <ul className="mt-1 flex flex-wrap gap-x-3 gap-y-1">
              {staying.devices.map(({ deviceId, name }) => (
                <li key={deviceId}>
                  <AppLink href={`/devices/${deviceId}`} className="text-link">
                    {name}
                  </AppLink>
                </li>
              ))}
            </ul>
          </details>
        </Notice>
      )}
      <RolloutWaiting waiting={rollout.waiting} />
      {state === "SCHEDULED" ? <Countdown rollout={rollout} /> : null}
    </>
  );
}

function Countdown({ rollout }: { rollout: RolloutView }) {
  const t = useTranslations("rollouts.notices");
  const format = useFormat();
  const now = useNow();
  const sayStart = useStartText();
  const { startAt } = rollout.beginning;
  if (startAt === null) return null;
  const seconds = Math.ceil((startAt.getTime() - now.getTime()) / 1000);
  return (
    <Notice kind="busy" title={seconds > 0 ? t("countdown", { left: format.duration(seconds) }) : t("due")}>
      {sayStart(rollout.beginning)}
    </Notice>
  );
}
