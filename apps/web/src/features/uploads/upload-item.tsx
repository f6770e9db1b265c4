"use client";
import type { UploadView } from "@flotilla/contracts/views";
import { Button, Card, LinkButton, Notice, RelativeTime, StateChip, useFormat } from "@flotilla/ui";
import { X } from "lucide-react";
import { useTranslations } from "next-intl";
import { useSession } from "../shell/session.tsx";
import { useReasonText } from "../shell/use-reason-text.ts";
import { ConversionReport } from "./conversion-report.tsx";
import { ConvertAgain } from "./convert-again.tsx";
import { DescriptionCard } from "./description-card.tsx";
import { describeSteps } from "./describe-steps.ts";
import { RunsOnFacts } from "./runs-on-facts.tsx";
import { ElsewhereProgress, TransferProgress } from "./transfer-progress.tsx";
import { UploadNotices } from "./upload-notices.tsx";
import type { UploadRow } from "./upload-rows.ts";
import { UploadSteps } from "./upload-steps.tsx";
import { VerdictCard } from "./verdict-card.tsx";

export interface UploadItemProps extends Omit<UploadRow, "key"> {
  onCancel: () => void;
  onDismiss: () => void;
  /** The same file was chosen again, or what it was packed of. */
  onContinue: (files: readonly File[]) => void;
}

/** One file: its progress with speed and time left, its ticks, and in the end its verdict. */
export function UploadItem({ transfer, upload, onCancel, onDismiss, onContinue }: UploadItemProps) {
  const t = useTranslations("uploads");
  const say = useReasonText();
  const fileName = transfer?.fileName ?? upload?.fileName ?? "";
  const settled = upload?.state === "READY" || upload?.state === "REJECTED" || upload?.state === "EXPIRED";
  // What has arrived gets its verdict: there is nothing to cancel any more.
  const arrived = upload?.state === "RECEIVED" || upload?.state === "INSPECTING";
  const active = transfer?.phase === "hashing" || transfer?.phase === "sending";
  const elsewhere = transfer === null && upload?.moving === true;
  const waitsForFile = upload?.state === "UPLOADING" && !active && !elsewhere && transfer?.phase !== "waiting";
  return (
    <Card data-upload={upload?.id} data-state={upload?.state ?? transfer?.phase} className="flex flex-col gap-3">
      <div className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          <h2 className="truncate font-semibold">{fileName}</h2>
          <Remarks transfer={transfer} upload={upload} />
        </div>
        {settled || transfer?.phase === "failed" ? (
          <Button
            size="icon-sm"
            variant="ghost"
            aria-label={t("dismiss", { name: fileName })}
            onClick={onDismiss}
            icon={<X size={14} aria-hidden />}
          />
        ) : arrived ? null : (
          <Button size="sm" onClick={onCancel} aria-label={t("cancelNamed", { name: fileName })}>
            {t("cancel")}
          </Button>
        )}
      </div>
      {active && transfer !== null ? <TransferProgress transfer={transfer} upload={upload} /> : null}
      {elsewhere && upload !== null ? <ElsewhereProgress upload={upload} /> : null}
      <UploadSteps steps={describeSteps(transfer, upload)} />
      <UploadNotices transfer={transfer} upload={upload} waitsForFile={waitsForFile} onContinue={onContinue} />
      {upload?.description !== undefined && upload.description !== null && upload.state !== "READY" ? (
        <DescriptionCard description={upload.description} />
      ) : null}
      {upload?.state === "READY" ? <Ready upload={upload} /> : null}
      <output className="sr-only" aria-live="polite">
        {upload?.state === "READY"
          ? t("said.ready", { name: fileName })
          : upload?.state === "REJECTED"
            ? t("said.rejected", { name: fileName, why: upload.error === null ? "" : say(upload.error) })
            : ""}
      </output>
    </Card>
  );
}

/** Size, age, and what is special about this one. */
function Remarks({ transfer, upload }: Pick<UploadRow, "transfer" | "upload">) {
  const t = useTranslations("uploads");
  const format = useFormat();
  return (
    <p className="text-muted text-xs">
      {format.bytes(transfer?.sizeBytes ?? upload?.sizeBytes ?? 0)}
      {upload === null ? null : (
        <>
          {" · "}
          <RelativeTime at={upload.createdAt} />
        </>
      )}
      {transfer?.alreadyThere === true && upload?.sameAs === null ? ` · ${t("alreadyThere")}` : ""}
      {transfer?.resumed === true ? ` · ${t("resumed")}` : ""}
      {typeof upload?.verdictMs === "number" && upload.sameAs === null ? ` · ${t("verdictIn", { time: format.ms(upload.verdictMs) })}` : ""}
    </p>
  );
}

function Ready({ upload }: { upload: UploadView }) {
  const t = useTranslations("uploads");
  const mayWrite = useSession().can("model:write");
  if (upload.kind === "reference") {
    const passed = upload.conversion?.check.passed === true;
    return (
      <div>
        <StateChip kind={passed ? "ok" : "bad"}>{t(passed ? "conversion.proved" : "conversion.wrong.title")}</StateChip>
      </div>
    );
  }
  return (
    <div className="flex flex-col gap-3">
      {upload.sameAs === null ? null : (
        <Notice kind="ok" title={t("same.title", { name: upload.sameAs.name })}>
          {t("same.text")} <RelativeTime at={upload.sameAs.createdAt} />
        </Notice>
      )}
      {upload.inspection === null ? null : <VerdictCard inspection={upload.inspection} />}
      {upload.inspection === null ? null : <RunsOnFacts inspection={upload.inspection} uploaded={upload.conversion?.format ?? null} />}
      {upload.conversion === null ? null : (
        <section className="flex flex-col gap-2">
          <h3 className="font-semibold text-sm">{t("conversion.title")}</h3>
          <ConversionReport conversion={upload.conversion} />
        </section>
      )}
      <div className="flex flex-wrap items-center gap-2">
        {upload.modelId !== null && upload.modelVersionId !== null ? (
          <LinkButton variant="primary" href={`/models/${upload.modelId}/versions/${upload.modelVersionId}`}>
            {t("openModel")}
          </LinkButton>
        ) : null}
        {upload.dataSetId !== null ? (
          <LinkButton variant="primary" href={`/data-sets/${upload.dataSetId}`}>
            {t("openDataSet")}
          </LinkButton>
        ) : null}
        {upload.conversion !== null && upload.modelVersionId !== null && mayWrite ? (
          <ConvertAgain versionId={upload.modelVersionId} options={upload.conversion.options} />
        ) : null}
      </div>
    </div>
  );
}
