"use client";
import { Notice, useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { useReasonText } from "../shell/use-reason-text.ts";
import { UnsupportedTable } from "./unsupported-table.tsx";
import { accepts } from "./accepted-files.ts";
import { FilePicker } from "./file-picker.tsx";
import type { TransferFailure } from "./transfer.ts";
import type { UploadRow } from "./upload-rows.ts";

export interface UploadNoticesProps extends Omit<UploadRow, "key"> {
  /** The server has a part, and nobody sends the rest. */
  waitsForFile: boolean;
  onContinue: (files: readonly File[]) => void;
}

/** What keeps a file from getting on, and what to do about it. */
export function UploadNotices({ transfer, upload, waitsForFile, onContinue }: UploadNoticesProps) {
  const t = useTranslations("uploads");
  const format = useFormat();
  const say = useReasonText();
  const sayFailure = (failure: TransferFailure, name: string) => (failure.kind === "said" ? say(failure) : t(failure.kind, { name }));
  const failure = transfer === null || transfer.failure === null ? null : sayFailure(transfer.failure, transfer.fileName);
  if (upload?.state === "REJECTED" && upload.error?.code === "UNSUPPORTED_OPERATOR" && upload.description !== null) {
    const { unsupportedCount, partsAre } = upload.description;
    return (
      <>
        <Notice kind="bad" title={t("rejected")}>
          {t(`unsupported.${partsAre}Summary`, { count: unsupportedCount })}
        </Notice>
        <UnsupportedTable description={upload.description} />
      </>
    );
  }
  if (upload?.state === "REJECTED" && upload.error !== null)
    return (
      <Notice kind="bad" title={t("rejected")}>
        {say(upload.error)}
      </Notice>
    );
  if (upload?.state === "EXPIRED" && upload.error !== null)
    return (
      <Notice kind="warn" title={t("expired")}>
        {say(upload.error)}
      </Notice>
    );
  if (waitsForFile && upload !== null) {
    const received = format.bytes(upload.receivedBytes);
    return (
      <Notice
        kind="warn"
        title={t("unfinished.title", { received, total: format.bytes(upload.sizeBytes) })}
        action={<FilePicker size="sm" accept={accepts[upload.kind]} label={t("unfinished.action")} onFiles={onContinue} />}
      >
        {failure === null ? "" : `${failure} `}
        {t("unfinished.text", { name: upload.fileName })}
      </Notice>
    );
  }
  if (failure !== null)
    return (
      <Notice kind="bad" title={t("failed")}>
        {failure}
      </Notice>
    );
  if (transfer !== null && transfer.paused !== null)
    return (
      <Notice kind="warn" title={transfer.paused.why === null ? t("paused.connection") : t("paused.server")} live>
        {transfer.paused.why === null ? "" : `${say(transfer.paused.why)} `}
        {t("paused.text")}
      </Notice>
    );
  return null;
}
