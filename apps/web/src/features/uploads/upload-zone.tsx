"use client";
import { toast } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { useCallback } from "react";
import { useSession } from "../shell/session.tsx";
import { ChannelOrder } from "./channel-order.tsx";
import { DropAnywhere } from "./drop-anywhere.tsx";
import type { StartOptions } from "./transfer.ts";
import { UploadPanel } from "./upload-panel.tsx";
import { useUploads } from "./uploads-provider.tsx";

/** Makes a page take files, for whoever may upload: dropped anywhere, and shown with their progress where this stands. */
export function UploadZone({ kind, targetModelId, targetVersionId }: StartOptions) {
  const t = useTranslations("uploads");
  const session = useSession();
  const { start } = useUploads();
  const onFiles = useCallback(
    (files: File[]) => start(files, { kind, targetModelId, targetVersionId }),
    [start, kind, targetModelId, targetVersionId],
  );
  const onFolder = useCallback((name: string) => toast.error(t("folder", { name })), [t]);
  if (!session.can("model:write")) return null;
  return (
    <>
      <DropAnywhere onFiles={onFiles} onFolder={onFolder}>
        {t(`drop.${targetModelId === undefined ? kind : "version"}`)}
      </DropAnywhere>
      {kind === "model" ? <ChannelOrder /> : null}
      <UploadPanel kind={kind} targetVersionId={targetVersionId} />
    </>
  );
}
