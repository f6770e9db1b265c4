import type { Inspection, UploadState } from "@flotilla/contracts";
import type { UploadView } from "@flotilla/contracts/views";
import type { Upload } from "@flotilla/db";
import { toErrorView } from "../views/to-error-view.ts";
import { UPLOAD_LIMITS } from "./upload-limits.ts";

/** What uploads became: model id by version id, and the data sets that still exist by id. */
export interface NamedByUploads {
  modelIds: ReadonlyMap<string, string>;
  dataSets: ReadonlyMap<string, { id: string; name: string; createdAt: Date }>;
}

export function toUploadView(upload: Upload, { modelIds, dataSets }: NamedByUploads, now: Date): UploadView {
  const { receivedAt, verdictAt } = upload;
  const dataSet = upload.dataSetId === null ? undefined : dataSets.get(upload.dataSetId);
  return {
    id: upload.id,
    kind: upload.kind as UploadView["kind"],
    fileName: upload.fileName,
    sizeBytes: Number(upload.sizeBytes),
    receivedBytes: Number(upload.receivedBytes),
    state: upload.state as UploadState,
    moving: upload.state === "UPLOADING" && now.getTime() - upload.progressAt.getTime() < UPLOAD_LIMITS.movingMs,
    targetModelId: upload.targetModelId,
    error: toErrorView(upload),
    modelId: upload.modelVersionId === null ? null : (modelIds.get(upload.modelVersionId) ?? null),
    modelVersionId: upload.modelVersionId,
    dataSetId: dataSet?.id ?? null,
    // What an upload makes is younger than the upload.
    sameAs: dataSet !== undefined && dataSet.createdAt < upload.createdAt ? dataSet : null,
    inspection: upload.inspection as Inspection | null,
    createdAt: upload.createdAt,
    verdictMs: receivedAt === null || verdictAt === null ? null : verdictAt.getTime() - receivedAt.getTime(),
  };
}
