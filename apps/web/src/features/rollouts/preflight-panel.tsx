"use client";
import type { StageSpec } from "@flotilla/contracts";
import type { RolloutPreflight } from "@flotilla/contracts/views";
import { AppLink, Card, Notice, Skeleton, useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { Names, type PreflightAsked, PreflightRefusals } from "./preflight-refusals.tsx";
import { PreflightTimeline } from "./preflight-timeline.tsx";

export interface PreflightPanelProps {
  preflight: RolloutPreflight | undefined;
  /** What it was asked about. */
  asked: PreflightAsked;
  stages: readonly StageSpec[] | null;
  pending: boolean;
  error: string | null;
}

/** Who is reached, who cannot take it and why, what it costs in traffic and time: before anything starts. */
export function PreflightPanel({ preflight, asked, stages, pending, error }: PreflightPanelProps) {
  const t = useTranslations("rollouts.new.preflight");
  return (
    <Card title={t("title")} className="lg:sticky lg:top-4">
      {error !== null ? (
        <Notice kind="bad" title={t("failed")}>
          {error}
        </Notice>
      ) : preflight === undefined ? (
        pending ? (
          <div className="flex flex-col gap-2">
            <Skeleton className="h-5 w-48" />
            <Skeleton className="h-5 w-60" />
            <Skeleton className="h-24" />
          </div>
        ) : (
          <p className="text-muted">{t("choose")}</p>
        )
      ) : (
        <PreflightFacts preflight={preflight} asked={asked} stages={stages ?? []} />
      )}
    </Card>
  );
}

function PreflightFacts({
  preflight,
  asked,
  stages,
}: {
  preflight: RolloutPreflight;
  asked: PreflightAsked;
  stages: readonly StageSpec[];
}) {
  const t = useTranslations("rollouts.new.preflight");
  const format = useFormat();
  const offline = preflight.deviceCount - preflight.onlineCount;
  return (
    <div className="flex flex-col gap-3">
      <ul className="flex flex-col gap-1">
        <li className="font-semibold">
          {t("devices", { count: preflight.deviceCount, online: preflight.onlineCount })}
          {preflight.alreadyCurrent > 0 ? (
            <span className="font-normal text-muted"> · {t("current", { count: preflight.alreadyCurrent })}</span>
          ) : null}
        </li>
        <li>{t("traffic", { total: format.bytes(preflight.downloadBytesTotal), each: format.bytes(preflight.downloadBytesPerDevice) })}</li>
        <li>
          {preflight.peakBytesPerSecond === null
            ? t("peakUnknown")
            : t("peak", { rate: format.bytesPerSecond(preflight.peakBytesPerSecond) })}
        </li>
        <li>
          {t("time", { time: format.duration(preflight.stages.at(-1)?.earliestEnd ?? 0) })}
          {preflight.bytesPerSecond === null ? t("speedUnknown") : t("speed", { rate: format.bytesPerSecond(preflight.bytesPerSecond) })}
        </li>
        {offline > 0 ? (
          <li>
            {t("offline", { count: offline })}
            <Names devices={preflight.offline} total={offline} open={false} />
          </li>
        ) : null}
      </ul>
      {preflight.deviceCount === 0 ? (
        <Notice kind="warn" title={t("empty")}>
          {t("emptyWhatToDo")}
        </Notice>
      ) : (
        <PreflightRefusals preflight={preflight} asked={asked} />
      )}
      {preflight.takenFrom.length === 0 ? null : (
        <Notice kind="warn" title={t("takenFrom")}>
          <ul>
            {preflight.takenFrom.map(({ rolloutId, name, count }) => (
              <li key={rolloutId}>
                <AppLink href={`/rollouts/${rolloutId}`} className="text-link">
                  {name}
                </AppLink>
                : {t("takenDevices", { count })}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <PreflightTimeline preflight={preflight} stages={stages} />
    </div>
  );
}
