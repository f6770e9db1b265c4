"use client";
import type { UploadView } from "@flotilla/contracts/views";
import { Button, Card, LinkButton, Notice, Progress, RelativeTime, useFormat } from "@flotilla/ui";
import { X } from "lucide-react";
import { useTranslations } from "next-intl";
import { useReasonText } from "../shell/use-reason-text.ts";
import { describeSteps } from "./describe-steps.ts";
import { secondsLeft } from "./estimate-speed.ts";
import { FilePicker } from "./file-picker.tsx";
import type { Transfer } from "./transfer.ts";
import { UploadSteps } from "./upload-steps.tsx";
import { VerdictCard } from "./verdict-card.tsx";

export interface UploadItemProps {
  /** What this tab knows of it; null for an upload that another tab or an earlier one began. */
  transfer: Transfer | null;
  /** What the server knows of it; null while it is still hashed. */
  upload: UploadView | null;
  accept: string;
  onCancel: () => void;
  onDismiss: (() => void) | null;
  /** The same file was chosen again. */
  onContinue: (file: File) => void;
}

/** One file: its progress with speed and time left, its ticks, and in the end its verdict. */
export function UploadItem({ transfer, upload, accept, onCancel, onDismiss, onContinue }: UploadItemProps) {
  const t = useTranslations("uploads");
  const say = useReasonText();
  const format = useFormat();
  const fileName = transfer?.fileName ?? upload?.fileName ?? "";
  const sizeBytes = transfer?.sizeBytes ?? upload?.sizeBytes ?? 0;
  const settled = upload?.state === "READY" || upload?.state === "REJECTED" || upload?.state === "EXPIRED";
  const active = transfer?.phase === "hashing" || transfer?.phase === "sending";
  const waitsForFile = upload?.state === "UPLOADING" && !active && transfer?.phase !== "waiting";
  return (
    <Card data-upload={upload?.id} data-state={upload?.state ?? transfer?.phase} className="flex flex-col gap-3">
      <div className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          <h2 className="truncate font-semibold">{fileName}</h2>
          <p className="text-muted text-xs">
            {format.bytes(sizeBytes)}
            {upload === null ? null : (
              <>
                {" · "}
                <RelativeTime at={upload.createdAt} />
              </>
            )}
            {transfer?.alreadyThere === true ? ` · ${t("alreadyThere")}` : ""}
            {transfer?.resumed === true ? ` · ${t("resumed")}` : ""}
            {typeof upload?.verdictMs === "number" ? ` · ${t("verdictIn", { time: format.ms(upload.verdictMs) })}` : ""}
          </p>
        </div>
        {settled || transfer?.phase === "failed" || transfer?.phase === "cancelled" ? (
          onDismiss === null ? null : (
            <Button
              size="icon-sm"
              variant="ghost"
              aria-label={t("dismiss", { name: fileName })}
              onClick={onDismiss}
              icon={<X size={14} aria-hidden />}
            />
          )
        ) : (
          <Button size="sm" onClick={onCancel} aria-label={t("cancelNamed", { name: fileName })}>
            {t("cancel")}
          </Button>
        )}
      </div>
      {active && transfer !== null ? <TransferProgress transfer={transfer} /> : null}
      <UploadSteps steps={describeSteps(transfer, upload)} />
      {waitsForFile && upload !== null ? (
        <Notice
          kind="warn"
          title={t("unfinished.title", { received: format.bytes(upload.receivedBytes), total: format.bytes(upload.sizeBytes) })}
          action={
            <FilePicker
              size="sm"
              accept={accept}
              multiple={false}
              label={t("unfinished.action")}
              onFiles={([file]) => (file === undefined ? undefined : onContinue(file))}
            />
          }
        >
          {transfer?.phase === "failed" && transfer.error !== null ? `${transfer.error} ` : ""}
          {t("unfinished.text", { name: upload.fileName })}
        </Notice>
      ) : null}
      {transfer?.phase === "failed" && !waitsForFile ? (
        <Notice kind="bad" title={t("failed")}>
          {transfer.error}
        </Notice>
      ) : null}
      {upload?.state === "REJECTED" && upload.error !== null ? (
        <Notice kind="bad" title={t("rejected")}>
          {say(upload.error)}
        </Notice>
      ) : null}
      {upload?.state === "EXPIRED" ? <Notice kind="warn">{t("expired")}</Notice> : null}
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

function TransferProgress({ transfer }: { transfer: Transfer }) {
  const t = useTranslations("uploads.progress");
  const format = useFormat();
  const { speed } = transfer;
  const left = secondsLeft(speed, transfer.sizeBytes);
  const parts = [
    t("of", { done: format.bytes(transfer.doneBytes), total: format.bytes(transfer.sizeBytes) }),
    speed?.bytesPerSecond === null || speed === null ? "" : format.bytesPerSecond(speed.bytesPerSecond),
    left === null ? "" : t("left", { time: format.duration(left) }),
  ];
  return (
    <Progress
      value={transfer.sizeBytes === 0 ? null : transfer.doneBytes / transfer.sizeBytes}
      label={t(transfer.phase === "hashing" ? "hashing" : "sending")}
      detail={parts.filter((part) => part !== "").join(" · ")}
    />
  );
}

function Ready({ upload }: { upload: UploadView }) {
  const t = useTranslations("uploads");
  return (
    <div className="flex flex-col gap-3">
      {upload.inspection === null ? null : <VerdictCard inspection={upload.inspection} />}
      <div className="flex gap-2">
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
      </div>
    </div>
  );
}
