"use client";
import type { ConversionOptions } from "@flotilla/contracts";
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTRPC, useTRPCClient } from "../../trpc/client.tsx";
import { newTransfer, nextTransfer, type StartOptions, type Transfer, type TransferEvent } from "./transfer.ts";

interface UploadsValue {
  transfers: readonly Transfer[];
  /** Uploads without a file of this tab that are shown until they are put away: a sample, or one that was seen before its verdict. */
  followed: ReadonlySet<string>;
  /** Order of the channels that models get which are converted from now on. */
  layout: ConversionOptions["layout"];
  setLayout: (layout: ConversionOptions["layout"]) => void;
  /** Sends files; those that only mean something together as one. */
  start: (files: readonly File[], options: StartOptions) => void;
  cancel: (transfer: Transfer) => void;
  follow: (uploadId: string) => void;
  /** Puts a row away, by the key of its transfer or the id of its upload. */
  dismiss: (key: string) => void;
}

const UploadsContext = createContext<UploadsValue | null>(null);

/** The files on their way from this tab. Lives above the pages, so that walking through the dashboard stops nothing. */
export function UploadsProvider({ children }: { children: ReactNode }) {
  const trpc = useTRPC();
  const client = useQueryClient();
  const { begin, cancelUpload } = useUploadCalls();
  const [transfers, setTransfers] = useState<readonly Transfer[]>([]);
  const [followed, setFollowed] = useState<ReadonlySet<string>>(new Set());
  const controllers = useRef(new Map<string, AbortController>());
  const started = useRef(0);
  const [layout, setLayout] = useState<ConversionOptions["layout"]>("nhwc");
  useLeaveWarning(transfers);

  const startOne = useCallback(
    (file: File, options: StartOptions) => {
      started.current += 1;
      const key = `transfer-${started.current}`;
      const controller = new AbortController();
      const onEvent = (event: TransferEvent) =>
        setTransfers((current) => current.map((transfer) => (transfer.key === key ? nextTransfer(transfer, event) : transfer)));
      controllers.current.set(key, controller);
      setTransfers((current) => [newTransfer(key, options, file), ...current]);
      // Loaded with the first file: the provider is on every page, hashing and sending need not be.
      void import("./upload-file.ts")
        .then(({ uploadFile }) =>
          uploadFile(file, { ...options, calls: { begin, cancel: cancelUpload }, signal: controller.signal, onEvent }),
        )
        .catch((error: unknown) => onEvent({ kind: "failed", failure: { kind: "said", code: "", message: String(error) } }))
        .finally(() => {
          controllers.current.delete(key);
          void client.invalidateQueries(trpc.uploads.pathFilter());
        });
    },
    [begin, cancelUpload, client, trpc],
  );

  const start = useCallback(
    (files: readonly File[], options: StartOptions) => {
      const chosen = options.kind === "model" ? { ...options, options: { layout } } : options;
      void import("./pack-files.ts")
        .then(({ packFiles }) => packFiles(options.kind, files))
        // A file that cannot be read says so itself.
        .catch(() => files)
        .then((packed) => packed.forEach((file) => startOne(file, chosen)));
    },
    [layout, startOne],
  );

  const cancel = useCallback(
    ({ key, uploadId }: Transfer) => {
      controllers.current.get(key)?.abort();
      setTransfers((current) =>
        current.map((transfer) => (transfer.key === key ? nextTransfer(transfer, { kind: "cancelled" }) : transfer)),
      );
      if (uploadId === null) return;
      void cancelUpload({ id: uploadId })
        .catch(() => undefined)
        .then(() => client.invalidateQueries(trpc.uploads.pathFilter()));
    },
    [cancelUpload, client, trpc],
  );

  const follow = useCallback((id: string) => setFollowed((current) => (current.has(id) ? current : new Set([...current, id]))), []);
  const dismiss = useCallback((key: string) => {
    setTransfers((current) => current.filter((transfer) => transfer.key !== key));
    setFollowed((current) => new Set([...current].filter((id) => id !== key)));
  }, []);
  const value = useMemo(
    () => ({ transfers, followed, layout, setLayout, start, cancel, follow, dismiss }),
    [transfers, followed, layout, start, cancel, follow, dismiss],
  );
  return <UploadsContext value={value}>{children}</UploadsContext>;
}

/** Not as mutations: nothing shows their state, and their machinery would be on every page. */
function useUploadCalls() {
  const api = useTRPCClient();
  return useMemo(() => ({ begin: api.uploads.begin.mutate, cancelUpload: api.uploads.cancel.mutate }), [api]);
}

export function useUploads(): UploadsValue {
  const value = use(UploadsContext);
  if (value === null) throw new Error("useUploads was called outside UploadsProvider");
  return value;
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
