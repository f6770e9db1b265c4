import type {
  Activations,
  Conversion,
  GateVerdict,
  Inspection,
  ModelCard,
  ModelDescription,
  ModelFormat,
  NodeTimes,
  Recipe,
  SearchFindings,
  SearchGoal,
  SourceFormat,
  Statement,
  UploadStep,
  ValidationGate,
  ValidationReport,
  FileTensors,
  VariantFormat,
} from "../index.ts";
import type { GraphViewState, JobState, ReleaseState, UploadKind, UploadState } from "../states.ts";
import type { InvalidationView } from "./fleet.ts";
import type { ErrorView, Page } from "./shared.ts";

export interface UploadView {
  id: string;
  kind: UploadKind;
  fileName: string;
  sizeBytes: number;
  receivedBytes: number;
  state: UploadState;
  /** Bytes came within the last seconds: some tab is sending it right now. */
  moving: boolean;
  /** Where a model goes: a new version of this model, or a new model. */
  targetModelId: string | null;
  /** Of a reference: the version whose conversion it is compared with. */
  targetVersionId: string | null;
  error: ErrorView | null;
  /** Set once READY. */
  modelId: string | null;
  modelVersionId: string | null;
  dataSetId: string | null;
  /** The data set that had been made of the same file before: this upload made none. */
  sameAs: { id: string; name: string; createdAt: Date } | null;
  /** What the worker is at; null before and after. */
  step: UploadStep | null;
  /** Of a model in another format than ONNX: what it holds, there before the verdict and kept with a rejection. */
  description: ModelDescription | null;
  inspection: Inspection | null;
  /** How it became ONNX, once READY; null where it came as ONNX. */
  conversion: Conversion | null;
  createdAt: Date;
  /** From the last byte to the verdict. */
  verdictMs: number | null;
}

export interface ModelListItem {
  id: string;
  name: string;
  format: ModelFormat;
  latestVersion: number;
  latestVersionId: string;
  versionCount: number;
  variantCount: number;
  sizeBytes: number;
  task: ModelCard["task"];
  /** Devices that run any release of this model now. */
  runsOn: number;
  /** Inferences per hour over the last 24 h, oldest first. */
  inferenceSparkline: number[];
  updatedAt: Date;
}
export type ModelListPage = Page<ModelListItem>;

export interface ModelView {
  id: string;
  name: string;
  versions: { id: string; version: number; sha256: string; sizeBytes: number; createdAt: Date; createdBy: string }[];
  createdAt: Date;
}

export interface VariantView {
  id: string;
  /** "fp32 original", "fp16", "int8 static, per channel"… */
  name: string;
  recipe: Recipe;
  format: VariantFormat;
  /** How inputs and outputs stand in the file; null where they are the model's own. */
  tensors: FileTensors | null;
  sha256: string;
  sizeBytes: number;
  isSource: boolean;
  jobId: string | null;
  report: ValidationReport | null;
  /** What the optimiser says of it: what stayed in float and why, where it may saturate. */
  warnings: Statement[];
  /** The latest validation's gates. */
  gates: GateVerdict[];
  createdAt: Date;
}

/** What is too big to come with every list of variants. */
export interface VariantDetailView {
  /** null where no static quantisation made the variant, or the histograms were not kept yet. */
  activations: Activations | null;
  /** null until the variant, or for an original one of its variants, has been measured. */
  nodeTimes: NodeTimes | null;
}

export interface ModelVersionView {
  id: string;
  modelId: string;
  modelName: string;
  version: number;
  fileName: string;
  sha256: string;
  inspection: Inspection;
  /** What was uploaded and how it became the ONNX file that `sha256` names; null where that is the uploaded file itself. */
  converted: ConvertedFile | null;
  card: ModelCard;
  createdAt: Date;
  createdBy: string;
  variants: VariantView[];
  /** The variant to ship and one sentence of why, as kind + numbers; null before anything was measured. */
  recommendation: {
    variantId: string;
    kind: "smallest-within-gates" | "only-source" | "none-within-gates";
    params: Record<string, string | number>;
  } | null;
  releases: ReleaseListItem[];
  /** Where each release of the version runs. */
  runsOn: { releaseId: string; releaseName: string; deviceCount: number }[];
  history: { at: Date; actor: string; kind: string; params: Record<string, string | number | null> }[];
}

/** An uploaded file that was converted. */
export interface ConvertedFile {
  sha256: string;
  sizeBytes: number;
  format: SourceFormat;
  conversion: Conversion;
}

/** The way of a version from its file to the devices that run it. */
export interface LineageView {
  /** What was uploaded. */
  file: { name: string; sha256: string; sizeBytes: number; createdAt: Date; createdBy: string };
  /** How the file became the original variant; null where it is that. */
  conversion: Conversion | null;
  variants: {
    id: string;
    name: string;
    isSource: boolean;
    recipe: Recipe;
    sha256: string;
    sizeBytes: number;
    format: VariantFormat;
    createdAt: Date;
    /** Who started the job that made it, and the data that it learned its ranges from; null for the original. */
    createdBy: string | null;
    calibration: string | null;
  }[];
  releases: { id: string; name: string; state: ReleaseState; variantIds: string[]; createdAt: Date; createdBy: string }[];
  /** Devices that proved to run a variant out of a release. `variantId` is null where the bytes are of no variant that is left. */
  runsOn: { releaseId: string; variantId: string | null; deviceCount: number }[];
}

export interface DataSetView {
  id: string;
  name: string;
  /** `npz`: an array an input. */
  kind: "images" | "npy" | "npz";
  sampleCount: number;
  labelled: boolean;
  classCount: number;
  classNames: string[];
  /** Per-sample shape of an `.npy` or of the largest array of an `.npz`, or the size of the first image as [height, width, channels]. */
  sampleShape: number[];
  sizeBytes: number;
  createdAt: Date;
}

export interface JobView {
  id: string;
  kind: "optimise" | "validate" | "search";
  state: JobState;
  modelId: string;
  modelName: string;
  modelVersionId: string;
  version: number;
  recipe: Recipe;
  variantId: string | null;
  /** What it was tested with; where the pictures of disagreeing samples come from. */
  testDataSetId?: string | null;
  progress: JobProgress | null;
  error: ErrorView | null;
  attempts: number;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  createdBy: string;
}

/** A search for a variant that meets a goal, as it stands. */
export interface SearchView {
  jobId: string;
  state: JobState;
  goal: SearchGoal;
  /** The machine that measures is of the goal's kind; otherwise its latencies are estimates. */
  measuredOnTarget: boolean;
  findings: SearchFindings | null;
  stopRequested: boolean;
  /** What became of the recommended candidate. */
  variantId: string | null;
  /** What any candidate is made and measured with; null where the set is gone, or none was chosen. */
  calibrationDataSetId: string | null;
  steeringDataSetId: string | null;
  testDataSetId: string | null;
  gates: ValidationGate[];
}

/** A number with words. `step` is a message key; `done` and `total` its numbers: "calibrating 64 of 128 images". */
export interface JobProgress {
  /** 0…1 over the whole job. */
  fraction: number;
  step:
    | "starting"
    | "reading"
    | "simplifying"
    | "searching"
    | "ranking-layers"
    | "calibrating"
    | "quantising"
    | "converting"
    | "measuring-accuracy"
    | "measuring-latency"
    | "measuring-placement"
    | "measuring-memory"
    | "drawing"
    | "storing";
  done: number | null;
  total: number | null;
}

/** Where the picture of a variant's graph is. */
export interface GraphViewStatus {
  state: GraphViewState;
  /** What the worker is at, while BUILDING. */
  step: "queued" | "reading" | "drawing" | "storing" | null;
  /** Names the picture, once READY: `/api/graph-views/<sha256>.json.gz`. */
  sha256: string | null;
  error: ErrorView | null;
}

export interface JobLogLine {
  id: number;
  at: Date;
  level: "info" | "warning" | "error";
  message: string;
}

export interface ReleaseListItem {
  id: string;
  modelId: string;
  modelName: string;
  modelVersionId: string;
  version: number;
  counter: number;
  /** "mnist-cnn 1 · int8 static". */
  name: string;
  variantNames: string[];
  state: ReleaseState;
  error: ErrorView | null;
  sizeBytes: number;
  runsOn: number;
  gatesPassed: boolean;
  createdAt: Date;
  /** Marked as bad; with the rollouts that could still be taken back. */
  invalidated: (InvalidationView & { rollouts: { id: string; name: string }[] }) | null;
  createdBy: string;
}
