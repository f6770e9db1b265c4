/** Use cases of the worker: they take no actor, since the queue's jobs carry the organisation. */
export { deleteUnusedBlob } from "../data-sets/delete-unused-blob.ts";
export { findReferenceTarget } from "../uploads/find-reference-target.ts";
export { appendLog } from "./append-log.ts";
export { beginInspection } from "./begin-inspection.ts";
export { beginJob, type WorkerJob } from "./begin-job.ts";
export { beginGraphView, failGraphView, finishGraphView, hasGraphView, recordGraphStep } from "./draw-graph-view.ts";
export { findCachedVariant } from "./find-cached-variant.ts";
export { findVariant } from "./find-variant.ts";
export { finishDataSetInspection, type FinishDataSetInspectionInput } from "./finish-data-set-inspection.ts";
export { failJob, finishJob, finishSearch } from "./finish-job.ts";
export { finishModelInspection, type FinishModelInspectionInput } from "./finish-model-inspection.ts";
export { failRelease, finishRelease } from "./finish-release.ts";
export { finishReferenceCheck } from "./finish-reference-check.ts";
export { isJobRunning } from "./is-job-running.ts";
export { loadRelease, type ReleaseToBuild } from "./load-release.ts";
export {
  beginTargetReport,
  failTargetReport,
  finishTargetReport,
  recordTargetStep,
  type TargetReportToMake,
} from "./make-target-report.ts";
export { recordProgress } from "./record-progress.ts";
export { recordDescription, recordUploadStep } from "./record-upload-step.ts";
export { rejectUpload } from "./reject-upload.ts";
export { isSearchStopped, loadSearch, recordFindings, type SearchToRun } from "./search-findings.ts";
export { storeVariant, type StoreVariantInput } from "./store-variant.ts";
