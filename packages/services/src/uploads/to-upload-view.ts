import type { Inspection, UploadState } from "@flotilla/contracts";
import type { UploadView } from "@flotilla/contracts/views";
import type { Upload } from "@flotilla/db";
import { toErrorView } from "../views/to-error-view.ts";

/** `modelIds`: model id by version id. */
export function toUploadView(upload: Upload, modelIds: ReadonlyMap<string, string>): UploadView {
  const { receivedAt, verdictAt } = upload;
  return {
    id: upload.id,
    kind: upload.kind as UploadView["kind"],
    fileName: upload.fileName,
    sizeBytes: Number(upload.sizeBytes),
    receivedBytes: Number(upload.receivedBytes),
    state: upload.state as UploadState,
    error: toErrorView(upload),
    modelId: upload.modelVersionId === null ? null : (modelIds.get(upload.modelVersionId) ?? null),
    modelVersionId: upload.modelVersionId,
    dataSetId: upload.dataSetId,
    inspection: upload.inspection as Inspection | null,
    createdAt: upload.createdAt,
    verdictMs: receivedAt === null || verdictAt === null ? null : verdictAt.getTime() - receivedAt.getTime(),
  };
}
