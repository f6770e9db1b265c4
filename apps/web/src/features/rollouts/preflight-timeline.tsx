"use client";
import type { StageSpec } from "@flotilla/contracts";
import type { RolloutPreflight } from "@flotilla/contracts/views";
import { useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";

/** Stages down, time across: a bar from a stage's earliest start to its earliest end; in words also the latest. */
export function PreflightTimeline({ preflight, stages }: { preflight: RolloutPreflight; stages: readonly StageSpec[] }) {
  const t = useTranslations("rollouts.new.preflight");
  const format = useFormat();
  const total = Math.max(1, preflight.stages.at(-1)?.earliestEnd ?? 0);
  const last = preflight.stages.length - 1;
  return (
    <div>
      <h3 className="mb-1 font-medium text-muted text-xs">{t("timeline")}</h3>
      <ol className="flex flex-col gap-2">
        {preflight.stages.map((stage, index) => (
          <li key={`${index}-${stage.name}`} data-stage={stage.name}>
            <div className="flex justify-between gap-2 text-xs">
              <span>{t("stageLine", { name: stage.name, count: stage.newDevices, total: stage.totalDevices })}</span>
              <span className="text-muted">{format.bytes(stage.bytes)}</span>
            </div>
            <div className="relative my-0.5 h-1.5 rounded-full bg-line" aria-hidden>
              <span
                className="absolute inset-y-0 rounded-full bg-accent"
                style={{
                  left: `${(97 * stage.earliestStart) / total}%`,
                  width: `${Math.max(3, (97 * (stage.earliestEnd - stage.earliestStart)) / total)}%`,
                }}
              />
            </div>
            <p className="text-muted text-xs">
              {t("stageTimes", { start: format.duration(stage.earliestStart), end: format.duration(stage.earliestEnd) })}
              {stage.latestEnd === null ? "" : ` ${t("stageLatest", { end: format.duration(stage.latestEnd) })}`}
              {stages[index]?.manual === true && index < last ? ` ${t("manualStop")}` : ""}
            </p>
          </li>
        ))}
      </ol>
    </div>
  );
}
