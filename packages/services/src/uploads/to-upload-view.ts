import type { Conversion, Inspection, ModelDescription, UploadState, UploadStep } from "@flotilla/contracts";
import type { UploadView } from "@flotilla/contracts/views";
import type { Upload } from "@flotilla/db";
import { toErrorView } from "../views/to-error-view.ts";
import { UPLOAD_LIMITS } from "./upload-limits.ts";

/** What uploads became: the model and conversion of each version by its id, and the data sets that still exist by id. */
export interface NamedByUploads {
  versions: ReadonlyMap<string, { modelId: string; conversion: Conversion | null }>;
  dataSets: ReadonlyMap<string, { id: string; name: string; createdAt: Date }>;
}

export function toUploadView(upload: Upload, { versions, dataSets }: NamedByUploads, now: Date): UploadView {
  const { receivedAt, verdictAt } = upload;
  const version = upload.modelVersionId === null ? undefined : versions.get(upload.modelVersionId);
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
    targetVersionId: upload.targetVersionId,
    error: toErrorView(upload),
    modelId: version?.modelId ?? null,
    modelVersionId: upload.modelVersionId,
    dataSetId: dataSet?.id ?? null,
    // What an upload makes is younger than the upload.
    sameAs: dataSet !== undefined && dataSet.createdAt < upload.createdAt ? dataSet : null,
    step: upload.state === "INSPECTING" ? (upload.step as UploadStep | null) : null,
    description: upload.description as ModelDescription | null,
    inspection: upload.inspection as Inspection | null,
    conversion: version?.conversion ?? null,
    createdAt: upload.createdAt,
    verdictMs: receivedAt === null || verdictAt === null ? null : verdictAt.getTime() - receivedAt.getTime(),
  };
}
