"use client";
import type { UploadView } from "@flotilla/contracts/views";
import { toast } from "@flotilla/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useEffect } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { useErrorText } from "../shell/use-reason-text.ts";
import type { StartOptions, Transfer } from "./transfer.ts";
import { packFiles } from "./pack-files.ts";
import { UploadItem } from "./upload-item.tsx";
import { joinRows, OPEN_STATES } from "./upload-rows.ts";
import { useUploads } from "./uploads-provider.tsx";

/** How often it is asked whether an upload of another tab has stopped: that no more bytes come is no event. */
const MOVING_REFETCH_MS = 2000;

/** What this tab sends and what the server still waits for, newest first; a verdict stays until it is put away. */
export function UploadPanel({ kind, targetVersionId }: Pick<StartOptions, "kind" | "targetVersionId">) {
  const t = useTranslations("uploads");
  const say = useErrorText();
  const trpc = useTRPC();
  const client = useQueryClient();
  const { transfers, followed, start, cancel, follow, dismiss } = useUploads();
  const uploads = useQuery(
    trpc.uploads.list.queryOptions(undefined, {
      refetchInterval: ({ state }) => (state.data?.some((upload) => upload.moving) === true ? MOVING_REFETCH_MS : false),
    }),
  );
  const cancelUpload = useMutation(
    trpc.uploads.cancel.mutationOptions({
      onError: (error) => toast.error(say(error)),
      onSettled: () => client.invalidateQueries(trpc.uploads.pathFilter()),
    }),
  );
  const isHere = (file: Pick<Transfer, "kind" | "targetVersionId">) =>
    file.kind === kind && file.targetVersionId === (targetVersionId ?? null);
  const rows = joinRows(transfers.filter(isHere), (uploads.data ?? []).filter(isHere), followed);
  const open = rows
    .flatMap(({ transfer, upload }) => (transfer === null && upload !== null && OPEN_STATES.has(upload.state) ? upload.id : []))
    .join(" ");
  useEffect(() => {
    for (const id of open.split(" ")) if (id !== "") follow(id);
  }, [open, follow]);
  if (rows.length === 0) return null;
  const goOn = async (files: readonly File[], { transfer, upload }: { transfer: Transfer | null; upload: UploadView }) => {
    const packed = await packFiles(kind, files).catch(() => files);
    const file = packed.find(({ size }) => size === upload.sizeBytes);
    if (file === undefined) {
      toast.error(t("unfinished.otherFile", { name: upload.fileName }));
      return;
    }
    if (transfer !== null) dismiss(transfer.key);
    start([file], { kind, targetModelId: upload.targetModelId ?? undefined, targetVersionId });
  };
  return (
    <section aria-label={t("label")} className="mb-4 flex flex-col gap-3">
      {rows.map(({ key, transfer, upload }) => (
        <UploadItem
          key={key}
          transfer={transfer}
          upload={upload}
          onCancel={() => (transfer === null ? upload !== null && cancelUpload.mutate({ id: upload.id }) : cancel(transfer))}
          onDismiss={() => dismiss(key)}
          onContinue={(files) => (upload === null ? undefined : void goOn(files, { transfer, upload }))}
        />
      ))}
    </section>
  );
}
