"use client";
import type { EdgeTpuReport, TargetReport } from "@flotilla/contracts/targets";
import { Card, CopyText, LinkButton, Notice, Progress, useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { useReasonText } from "../shell/use-reason-text.ts";
import { OperatorTable } from "./operator-table.tsx";
import { useOperatorText } from "./use-operator-text.ts";

export interface EdgeTpuCardProps {
  edgeTpu: TargetReport["edgeTpu"];
  /** Opens the optimise dialog with the recipe for the Edge TPU; null where that cannot be made. */
  optimiseHref: string | null;
}

/** Which operators the Edge TPU takes, where its one partition ends and why, what would move it, and how it is compiled. */
export function EdgeTpuCard({ edgeTpu, optimiseHref }: EdgeTpuCardProps) {
  const t = useTranslations("targets.edgeTpu");
  const say = useReasonText();
  return (
    <Card title={t("title")} data-report="edge-tpu">
      {edgeTpu.state === "mapped" ? (
        <Mapped from={edgeTpu.from} report={edgeTpu.report} optimiseHref={optimiseHref} />
      ) : edgeTpu.state === "refused" ? (
        <Notice kind="bad" live={false} title={t("refused")}>
          {say(edgeTpu.error)} {t("refusedText")}
        </Notice>
      ) : (
        <p className="text-muted">{t("unreadable")}</p>
      )}
    </Card>
  );
}

type From = Extract<TargetReport["edgeTpu"], { state: "mapped" }>["from"];

function Mapped({ from, report, optimiseHref }: { from: From; report: EdgeTpuReport; optimiseHref: string | null }) {
  const t = useTranslations("targets.edgeTpu");
  return (
    <div className="flex flex-col gap-4">
      <p className="text-muted">{t(`from.${from}`)}</p>
      <PartitionNotice from={from} report={report} optimiseHref={optimiseHref} />
      {report.onTpu === 0 ? null : <Parameters report={report} />}
      <div className="flex flex-col gap-1">
        <h3 className="font-semibold text-sm">{t("command")}</h3>
        <p className="max-w-[80ch] text-muted">
          {from === "file" ? null : t("commandFirst")} {t("commandText")}
        </p>
        <CopyText block text={report.command} label={t("command")} />
      </div>
      <OperatorTable operators={report.operators} />
    </div>
  );
}

/** Weights against the TPU's own memory. */
function Parameters({ report: { parameterBytes, onChipBytes, fitsOnChip } }: { report: EdgeTpuReport }) {
  const t = useTranslations("targets.edgeTpu");
  const format = useFormat();
  const words = t("parametersOf", { bytes: format.bytes(parameterBytes), limit: format.bytes(onChipBytes) });
  return (
    <div className="max-w-96">
      <h3 className="mb-1 font-semibold text-sm">{t("parameters")}</h3>
      <Progress bare kind={fitsOnChip ? "ok" : "warn"} value={parameterBytes / onChipBytes} label={words} />
      <p className="mt-1">
        {words} <span className="text-muted">{t(fitsOnChip ? "fits" : "fitsNot")}</span>
      </p>
    </div>
  );
}

function PartitionNotice({ from, report, optimiseHref }: { from: From; report: EdgeTpuReport; optimiseHref: string | null }) {
  const t = useTranslations("targets.edgeTpu");
  const text = useOperatorText();
  const { onTpu, operators, end } = report;
  if (end === null)
    return (
      <div data-partition="whole">
        <Notice kind="ok">{t("whole", { count: onTpu })}</Notice>
      </div>
    );
  const { kind, label, reason, advice } = end;
  // A TFLite file's open batch is closed when its variant is written; a size that is fixed already is the model's own.
  const isOurs = advice?.kind === "recipe" && (advice.pass === "int8-static" || from === "file");
  return (
    <div data-partition={kind}>
      <Notice
        kind={onTpu === 0 ? "bad" : "warn"}
        live={false}
        title={onTpu === 0 ? t("none", { total: operators.length, kind }) : t("partly", { onTpu, total: operators.length, kind })}
      >
        <p className="break-all font-mono text-xs">{label}</p>
        <p>
          {reason === null ? null : text.reason(reason)} {advice === null ? null : text.advice(advice)}
        </p>
        {isOurs && optimiseHref !== null ? (
          <LinkButton className="mt-2" size="sm" href={optimiseHref}>
            {t("optimise")}
          </LinkButton>
        ) : null}
      </Notice>
    </div>
  );
}
