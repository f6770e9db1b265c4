"use client";
import type { UploadView } from "@flotilla/contracts/views";
import { toast } from "@flotilla/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useCallback, useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import type { Transfer } from "./transfer.ts";
import { UploadItem } from "./upload-item.tsx";
import { useUploads } from "./uploads-provider.tsx";

export const accepts = { model: ".onnx,.h5,.hdf5,.keras,.tflite", "data-set": ".zip,.npy" } as const;

/** What this tab sends and what the server still waits for, newest first; finished ones stay until they are put away. */
export function UploadPanel({ kind, extra }: { kind: Transfer["kind"]; extra?: readonly string[] }) {
  const t = useTranslations("uploads");
  const trpc = useTRPC();
  const client = useQueryClient();
  const { transfers, start, cancel, dismiss } = useUploads();
  const uploads = useQuery(trpc.uploads.list.queryOptions());
  const cancelling = useMutation(
    trpc.uploads.cancel.mutationOptions({ onSettled: () => client.invalidateQueries(trpc.uploads.pathFilter()) }),
  );
  const [hidden, setHidden] = useState<readonly string[]>([]);
  const rows = joinRows(
    transfers.filter((transfer) => transfer.kind === kind),
    (uploads.data ?? []).filter((upload) => upload.kind === kind),
    extra ?? [],
  );
  const cancelRow = useCallback(
    (transfer: Transfer | null, upload: UploadView | null) => {
      if (transfer !== null) return cancel(transfer);
      if (upload === null) return;
      void import("./send-file.ts").then((sender) => sender.forgetUpload(upload.id));
      cancelling.mutate({ id: upload.id });
    },
    [cancel, cancelling],
  );
  const shown = rows.filter((row) => !hidden.includes(row.key));
  if (shown.length === 0) return null;
  return (
    <section aria-label={t("label")} className="mb-4 flex flex-col gap-3">
      {shown.map(({ key, transfer, upload }) => (
        <UploadItem
          key={key}
          transfer={transfer}
          upload={upload}
          accept={accepts[kind]}
          onCancel={() => cancelRow(transfer, upload)}
          onDismiss={() => {
            if (transfer !== null) dismiss(transfer.key);
            setHidden((current) => [...current, key]);
          }}
          onContinue={(file) => {
            if (upload !== null && (file.name !== upload.fileName || file.size !== upload.sizeBytes))
              toast.error(t("unfinished.otherFile", { name: upload.fileName }));
            else {
              if (transfer !== null) dismiss(transfer.key);
              start(file, { kind });
            }
          }}
        />
      ))}
    </section>
  );
}

interface Row {
  key: string;
  transfer: Transfer | null;
  upload: UploadView | null;
}

/** One row a file: transfers of this tab with their server side, then uploads that wait for their file, then those asked for by id (a sample). */
export function joinRows(transfers: readonly Transfer[], uploads: readonly UploadView[], extra: readonly string[]): Row[] {
  const own = transfers
    .filter((transfer) => transfer.phase !== "cancelled")
    .map(
      (transfer): Row => ({
        key: transfer.uploadId ?? transfer.key,
        transfer,
        upload: uploads.find((upload) => upload.id === transfer.uploadId) ?? null,
      }),
    );
  const known = new Set(transfers.map((transfer) => transfer.uploadId));
  const others = uploads
    .filter(
      (upload) =>
        !known.has(upload.id) &&
        (upload.state === "UPLOADING" || upload.state === "RECEIVED" || upload.state === "INSPECTING" || extra.includes(upload.id)),
    )
    .map((upload): Row => ({ key: upload.id, transfer: null, upload }));
  return [...own, ...others];
}
