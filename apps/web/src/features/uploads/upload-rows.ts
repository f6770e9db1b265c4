import type { UploadView } from "@flotilla/contracts/views";
import type { Transfer } from "./transfer.ts";

export interface UploadRow {
  key: string;
  /** What this tab knows of it; null for an upload that another tab or an earlier one began. */
  transfer: Transfer | null;
  /** What the server knows of it; null while it is still hashed. */
  upload: UploadView | null;
}

export const OPEN_STATES: ReadonlySet<UploadView["state"]> = new Set(["UPLOADING", "RECEIVED", "INSPECTING"]);

/** One row a file: the transfers of this tab with their server side, then uploads that are not done, then those that are followed to their verdict. */
export function joinRows(transfers: readonly Transfer[], uploads: readonly UploadView[], followed: ReadonlySet<string>): UploadRow[] {
  const own = transfers
    .filter((transfer) => transfer.phase !== "cancelled")
    .map(
      (transfer): UploadRow => ({
        key: transfer.key,
        transfer,
        upload: uploads.find((upload) => upload.id === transfer.uploadId) ?? null,
      }),
    );
  const others = uploads
    .filter((upload) => !transfers.some((transfer) => isSame(transfer, upload)) && isShown(upload, followed))
    .map((upload): UploadRow => ({ key: upload.id, transfer: null, upload }));
  return [...own, ...others];
}

function isShown(upload: UploadView, followed: ReadonlySet<string>): boolean {
  // Who cancelled it, in whichever tab, knows.
  return OPEN_STATES.has(upload.state) || (followed.has(upload.id) && upload.error?.code !== "CANCELLED");
}

/** The list may know of a transfer's upload before the transfer does: its announcement is still being answered. */
function isSame(transfer: Transfer, upload: UploadView): boolean {
  if (transfer.uploadId !== null) return transfer.uploadId === upload.id;
  return transfer.phase === "hashing" && transfer.fileName === upload.fileName && transfer.sizeBytes === upload.sizeBytes;
}
