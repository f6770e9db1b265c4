"use client";
import type { StageSpec } from "@flotilla/contracts";
import type { RolloutPreflight } from "@flotilla/contracts/views";
import { AppLink, Card, Notice, Skeleton, useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { useReasonText } from "../shell/use-reason-text.ts";

const SHOWN = 6;

export interface PreflightPanelProps {
  preflight: RolloutPreflight | undefined;
  stages: readonly StageSpec[] | null;
  pending: boolean;
  error: string | null;
}

/** Who is reached, who cannot take it and why, what it costs in traffic and time: before anything starts. */
export function PreflightPanel({ preflight, stages, pending, error }: PreflightPanelProps) {
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
        <PreflightFacts preflight={preflight} stages={stages ?? []} />
      )}
    </Card>
  );
}

function PreflightFacts({ preflight, stages }: { preflight: RolloutPreflight; stages: readonly StageSpec[] }) {
  const t = useTranslations("rollouts.new.preflight");
  const format = useFormat();
  const say = useReasonText();
  const { incompatible } = preflight;
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
        <li>{t("time", { seconds: preflight.minimumSeconds, time: format.duration(preflight.minimumSeconds) })}</li>
      </ul>
      {preflight.deviceCount === 0 ? (
        <Notice kind="warn" title={t("empty")}>
          {t("emptyWhatToDo")}
        </Notice>
      ) : incompatible.length === 0 ? (
        <Notice kind="ok">{t("fits")}</Notice>
      ) : (
        <Notice kind="warn" title={t("incompatible", { count: incompatible.length })}>
          <ul className="mt-1 flex flex-col gap-1">
            {incompatible.slice(0, SHOWN).map((device) => (
              <li key={device.deviceId}>
                <AppLink href={`/devices/${device.deviceId}`} className="text-link">
                  {device.name}
                </AppLink>
                : {say(device.reason)}
              </li>
            ))}
            {incompatible.length > SHOWN ? (
              <li className="text-muted">{t("moreIncompatible", { count: incompatible.length - SHOWN })}</li>
            ) : null}
          </ul>
        </Notice>
      )}
      <Timeline preflight={preflight} stages={stages} />
    </div>
  );
}

/** Stages down, the shortest time across: a bar is as long as its stage must hold. */
function Timeline({ preflight, stages }: { preflight: RolloutPreflight; stages: readonly StageSpec[] }) {
  const t = useTranslations("rollouts.new.preflight");
  const format = useFormat();
  const total = Math.max(
    1,
    stages.reduce((sum, stage) => sum + stage.soakSeconds, 0),
  );
  return (
    <div>
      <h3 className="mb-1 font-medium text-muted text-xs">{t("timeline")}</h3>
      <ol className="flex flex-col gap-2">
        {stages.map((stage, index) => {
          const start = stages.slice(0, index).reduce((sum, before) => sum + before.soakSeconds, 0);
          const devices = preflight.stages[index]?.totalDevices ?? 0;
          return (
            <li key={`${index}-${stage.name}`}>
              <div className="flex justify-between gap-2 text-xs">
                <span>{t("stageLine", { name: stage.name, total: devices })}</span>
                <span className="text-muted">{stage.manual ? t("manualStop") : format.duration(stage.soakSeconds)}</span>
              </div>
              <div className="relative mt-0.5 h-1.5 rounded-full bg-line" aria-hidden>
                <span
                  className="absolute inset-y-0 rounded-full bg-accent"
                  style={{ left: `${(97 * start) / total}%`, width: `${Math.max(3, (97 * stage.soakSeconds) / total)}%` }}
                />
              </div>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
