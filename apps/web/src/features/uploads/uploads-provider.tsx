"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { useErrorText } from "../shell/use-reason-text.ts";
import { newTransfer, nextTransfer, type Transfer, type TransferEvent } from "./transfer.ts";

export interface StartOptions {
  kind: Transfer["kind"];
  /** A new version of this model instead of a new model. */
  targetModelId?: string;
}

interface UploadsValue {
  transfers: readonly Transfer[];
  start: (file: File, options: StartOptions) => void;
  cancel: (transfer: Transfer) => void;
  dismiss: (key: string) => void;
}

/** Loaded with the first file: the provider is on every page, the upload library need not be. */
const loadSender = () => import("./send-file.ts");

const UploadsContext = createContext<UploadsValue | null>(null);

/** The files on their way from this tab. Lives above the pages, so that walking through the dashboard stops nothing. */
export function UploadsProvider({ children }: { children: ReactNode }) {
  const trpc = useTRPC();
  const client = useQueryClient();
  const say = useErrorText();
  const begin = useMutation(trpc.uploads.begin.mutationOptions()).mutateAsync;
  const cancelUpload = useMutation(trpc.uploads.cancel.mutationOptions()).mutateAsync;
  const [transfers, setTransfers] = useState<readonly Transfer[]>([]);
  const controllers = useRef(new Map<string, AbortController>());
  useLeaveWarning(transfers);

  const apply = useCallback((key: string, event: TransferEvent) => {
    setTransfers((current) => current.map((transfer) => (transfer.key === key ? nextTransfer(transfer, event) : transfer)));
  }, []);

  const run = useCallback(
    async (key: string, file: File, options: StartOptions, signal: AbortSignal) => {
      const onProgress = (bytes: number) => apply(key, { kind: "progress", bytes, nowMs: performance.now() });
      let uploadId = await unfinishedOnServer(
        file,
        async (id) => (await client.fetchQuery(trpc.uploads.get.queryOptions({ id }, { staleTime: 0 }))).state === "UPLOADING",
      );
      if (uploadId === null) {
        const { hashFile } = await import("./hash-file.ts");
        const sha256 = await hashFile(file, { signal, onProgress });
        const begun = await begin({
          kind: options.kind,
          fileName: file.name,
          sizeBytes: file.size,
          sha256,
          ...(options.targetModelId === undefined ? {} : { targetModelId: options.targetModelId }),
        });
        apply(key, { kind: "begun", uploadId: begun.uploadId, alreadyThere: begun.alreadyThere });
        uploadId = begun.uploadId;
        if (begun.alreadyThere) return;
      } else {
        apply(key, { kind: "resumed", uploadId });
      }
      await (await loadSender()).sendFile(file, { uploadId, signal, onProgress });
      apply(key, { kind: "sent" });
    },
    [apply, begin, client, trpc],
  );

  const start = useCallback(
    (file: File, options: StartOptions) => {
      const key = crypto.randomUUID();
      const controller = new AbortController();
      controllers.current.set(key, controller);
      setTransfers((current) => [newTransfer(key, options.kind, file), ...current]);
      run(key, file, options, controller.signal)
        .catch((error: unknown) => {
          if (controller.signal.aborted) apply(key, { kind: "cancelled" });
          else apply(key, { kind: "failed", message: say(error) });
        })
        .finally(() => {
          controllers.current.delete(key);
          void client.invalidateQueries(trpc.uploads.pathFilter());
        });
    },
    [apply, client, run, say, trpc],
  );

  const cancel = useCallback(
    (transfer: Transfer) => {
      controllers.current.get(transfer.key)?.abort();
      apply(transfer.key, { kind: "cancelled" });
      const { uploadId } = transfer;
      if (uploadId === null) return;
      void Promise.allSettled([cancelUpload({ id: uploadId }), loadSender().then((sender) => sender.forgetUpload(uploadId))]).then(() =>
        client.invalidateQueries(trpc.uploads.pathFilter()),
      );
    },
    [apply, cancelUpload, client, trpc],
  );

  const dismiss = useCallback((key: string) => setTransfers((current) => current.filter((transfer) => transfer.key !== key)), []);
  const value = useMemo(() => ({ transfers, start, cancel, dismiss }), [transfers, start, cancel, dismiss]);
  return <UploadsContext value={value}>{children}</UploadsContext>;
}

export function useUploads(): UploadsValue {
  const value = use(UploadsContext);
  if (value === null) throw new Error("useUploads was called outside UploadsProvider");
  return value;
}

/** The upload that this browser left unfinished, if the server still waits for it. */
async function unfinishedOnServer(file: File, stillOpen: (id: string) => Promise<boolean>): Promise<string | null> {
  const { findUnfinished, forgetUpload } = await loadSender();
  const id = await findUnfinished(file).catch(() => null);
  if (id === null) return null;
  const open = await stillOpen(id).catch(() => false);
  if (!open) await forgetUpload(id).catch(() => undefined);
  return open ? id : null;
}

/** Asks before the tab is closed while bytes are on their way; closing is no loss, but it is a delay. */
function useLeaveWarning(transfers: readonly Transfer[]): void {
  const busy = transfers.some((transfer) => transfer.phase === "hashing" || transfer.phase === "sending");
  useEffect(() => {
    if (!busy) return undefined;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [busy]);
}
