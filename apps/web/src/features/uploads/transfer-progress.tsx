"use client";
import type { UploadView } from "@flotilla/contracts/views";
import { Progress, useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { secondsLeft } from "./estimate-speed.ts";
import type { Transfer } from "./transfer.ts";

/** How far, how fast, and how long it will take. What another tab sends of the same upload counts. */
export function TransferProgress({ transfer, upload }: { transfer: Transfer; upload: UploadView | null }) {
  const t = useTranslations("uploads.progress");
  const format = useFormat();
  const { speed, sizeBytes, paused, phase } = transfer;
  const doneBytes = Math.max(transfer.doneBytes, phase === "sending" && upload !== null ? upload.receivedBytes : 0);
  const left = secondsLeft(speed, sizeBytes);
  // An empty file is shown for the moment until it is refused.
  const share = sizeBytes === 0 ? 0 : doneBytes / sizeBytes;
  const parts = [
    format.percent(share, 0),
    t("of", { done: format.bytes(doneBytes), total: format.bytes(sizeBytes) }),
    speed === null || speed.bytesPerSecond === null ? "" : format.bytesPerSecond(speed.bytesPerSecond),
    left === null ? "" : t("left", { time: format.duration(left) }),
  ];
  return (
    <Progress
      value={share}
      kind={paused === null ? "busy" : "warn"}
      label={t(paused !== null ? "paused" : phase === "hashing" ? "hashing" : "sending")}
      detail={parts.filter((part) => part !== "").join(" · ")}
    />
  );
}

/** The same for a file that another tab sends, as far as the server knows. */
export function ElsewhereProgress({ upload: { receivedBytes, sizeBytes } }: { upload: UploadView }) {
  const t = useTranslations("uploads.progress");
  const format = useFormat();
  const amount = t("of", { done: format.bytes(receivedBytes), total: format.bytes(sizeBytes) });
  return (
    <Progress
      value={receivedBytes / sizeBytes}
      label={t("elsewhere")}
      detail={`${format.percent(receivedBytes / sizeBytes, 0)} · ${amount}`}
    />
  );
}
