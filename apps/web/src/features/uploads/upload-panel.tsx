"use client";
import type { UploadView } from "@flotilla/contracts/views";
import { toast } from "@flotilla/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useEffect } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { useErrorText } from "../shell/use-reason-text.ts";
import type { Transfer } from "./transfer.ts";
import { UploadItem } from "./upload-item.tsx";
import { joinRows, OPEN_STATES } from "./upload-rows.ts";
import { useUploads } from "./uploads-provider.tsx";

/** How often it is asked whether an upload of another tab has stopped: that no more bytes come is no event. */
const MOVING_REFETCH_MS = 2000;

/** What this tab sends and what the server still waits for, newest first; a verdict stays until it is put away. */
export function UploadPanel({ kind }: { kind: Transfer["kind"] }) {
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
  const rows = joinRows(
    transfers.filter((transfer) => transfer.kind === kind),
    (uploads.data ?? []).filter((upload) => upload.kind === kind),
    followed,
  );
  const open = rows
    .flatMap(({ transfer, upload }) => (transfer === null && upload !== null && OPEN_STATES.has(upload.state) ? upload.id : []))
    .join(" ");
  useEffect(() => {
    for (const id of open.split(" ")) if (id !== "") follow(id);
  }, [open, follow]);
  if (rows.length === 0) return null;
  const goOn = (file: File, { transfer, upload }: { transfer: Transfer | null; upload: UploadView }) => {
    if (file.size !== upload.sizeBytes) {
      toast.error(t("unfinished.otherFile", { name: upload.fileName }));
      return;
    }
    if (transfer !== null) dismiss(transfer.key);
    start(file, { kind, targetModelId: upload.targetModelId ?? undefined });
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
          onContinue={(file) => upload !== null && goOn(file, { transfer, upload })}
        />
      ))}
    </section>
  );
}
