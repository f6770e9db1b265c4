import type {
  Conversion,
  ConversionCheck,
  ConversionOptions,
  ErrorCode,
  FileTensors,
  Inspection,
  Latency,
  ModelCard,
  ModelDescription,
  OutputReading,
  PlacementReport,
  Preprocessing,
  Recipe,
  RecipePass,
  SaturationReport,
  SearchFindings,
  SourceFormat,
  Statement,
  UploadStep,
  ValidationReport,
  VariantFormat,
} from "@flotilla/contracts";
import type { TfliteDescription } from "@flotilla/convert";
import type { Goal, SearchSetup, SearchState } from "@flotilla/onnx/optimise";

/** What the files of a search are for. */
export interface SearchTarget {
  format: VariantFormat;
  /** A node that calculates in float cannot run there. */
  fullInteger: boolean;
  /** Written into TFLite files: it counts as size. */
  description: Omit<TfliteDescription, "name">;
}

/** A search for a goal: the limits besides the score's, which depends on what the source scores. */
export interface SearchRequest {
  modelPath: string;
  calibration: DataSetFiles;
  steering: DataSetFiles;
  calibrationSamples: number;
  metric: SearchFindings["metric"];
  task: ModelCard["task"];
  reading: OutputReading | null;
  goal: Omit<Goal, "minScore">;
  /** Lowest score, or how much less than the source's own. */
  quality: { minScore: number } | { maxDrop: number } | null;
  integers: SearchSetup["integers"];
  halfPrecision: boolean;
  measuresTarget: boolean;
  target: SearchTarget;
  state: SearchState;
}

/** After the source was measured, and after each step of the search. */
export interface SearchEvent {
  /** Passes that come before every candidate's own. */
  preparation: RecipePass[];
  source: SearchFindings["source"];
  setup: SearchSetup;
  state: SearchState;
}

/** On the way to a model's verdict. */
export type InspectionEvent = { type: "step"; step: UploadStep } | { type: "described"; description: ModelDescription };

/** What decides how a conversion is checked. */
export interface CheckHints {
  /** The model scales pixels of 0…255 itself. */
  rawPixels: boolean;
  /** 8-bit weights between float activations, which its own runtime rounds. */
  dynamic: boolean;
}

export interface ConvertedModel {
  /** The ONNX file in the child's working directory. */
  file: string;
  conversion: Omit<Conversion, "check">;
  hints: CheckHints;
}

/** A stored data set as the child sees it: files, and how its samples become the model's input. */
export interface DataSetFiles {
  kind: "images" | "npy" | "npz";
  path: string;
  /** int32 little-endian, one a sample; null where there are none. */
  labelsPath: string | null;
  /** null: samples are the model's input as they are. */
  preprocessing: Preprocessing | null;
}

/**
 * What a child can be asked, and what it answers. Paths under the child's working directory are the only ones that it writes.
 * Big answers go into files; messages stay small.
 */
export interface Requests {
  "inspect-model": {
    request: { path: string; fileName: string; sha256: string; options: ConversionOptions };
    event: InspectionEvent;
    /** `converted` null: the file is ONNX itself. Else the ONNX file in the working directory, which `inspection` describes. */
    result: { inspection: Inspection; card: ModelCard; converted: ConvertedModel | null };
  };
  /** Runs an uploaded file as its own framework does, and what it was converted to, on the same inputs. */
  "check-conversion": {
    request: { uploadedPath: string; onnxPath: string; format: SourceFormat; options: ConversionOptions } & CheckHints;
    result: ConversionCheck;
  };
  /** Compares a converted model with the inputs and outputs in a person's own file. */
  "check-samples": {
    request: { samplesPath: string; uploadedPath: string; onnxPath: string; format: SourceFormat; options: ConversionOptions };
    result: ConversionCheck;
  };
  "inspect-data-set": {
    request: { path: string; fileName: string };
    result: {
      dataSetKind: "images" | "npy" | "npz";
      /** File in the working directory with the samples; null: the uploaded file itself holds them. */
      dataFile: string | null;
      labelsFile: string | null;
      sampleCount: number;
      sampleShape: number[];
      classNames: string[];
    };
  };
  "build-variant": {
    request: { modelPath: string; recipe: Recipe; calibration: DataSetFiles | null; outputFile: string; activationsFile: string };
    /** `calibrated`: `activationsFile` holds `Activations` as JSON. */
    result: { opset: number; notes: string[]; warnings: Statement[]; calibrated: boolean };
  };
  predict: {
    /** `tensors` of a file whose inputs and outputs are not the model's own; it decides the runtime. */
    request: { modelPath: string; tensors: FileTensors | null; data: DataSetFiles; outputPrefix: string; step: ProgressStep };
    /** One `.npy` an output, float32, first axis = sample. Peak memory of a process that loads the model and runs it, sample by sample. */
    result: { outputs: { name: string; file: string }[]; sampleCount: number; peakMemoryBytes: number | null };
  };
  compare: {
    request: {
      /** Files of the working directory; `variant` is null where the variant lacks the output. */
      outputs: { name: string; source: string; variant: string | null }[];
      labelsPath: string | null;
      task: ModelCard["task"];
      reading: OutputReading | null;
      /** Class names of the model, by index; empty where unknown. */
      cardLabels: string[];
      /** Class names of the data set, by label. */
      dataClassNames: string[];
    };
    result: Pick<
      ValidationReport,
      "numerics" | "differenceHistogram" | "agreement" | "task" | "accuracy" | "confusion" | "perClass" | "disagreements" | "pairs"
    >;
  };
  "export-model": {
    request: {
      modelPath: string;
      format: "ort" | "tflite-float32" | "tflite-float16" | "tflite-int8";
      /** Sizes of symbolic dimensions, for TFLite. */
      dimensions: Record<string, number>;
      /** Written into a TFLite file as its metadata; null: none. */
      description: TfliteDescription | null;
      /** In the working directory; of ORT's ends in `.ort`. */
      outputFile: string;
    };
    result: {
      sizeBytes: number;
      opset: number;
      notes: string[];
      /** Of TFLite: the file's own tensors, which may be channels last. null for ORT, which keeps the model's. */
      tensors: FileTensors | null;
      /** Nodes of an int8 file that calculate in float. */
      floatNodes: string[];
      /** What its own runtime here says against a TFLite file: operators that are newer than it. null: it runs. */
      refusal: string | null;
    };
  };
  "draw-graph": {
    request: { modelPath: string; outputFile: string };
    /** `outputFile` then holds a `GraphView` as gzipped JSON. */
    result: { nodeCount: number };
  };
  "report-targets": {
    request: {
      modelPath: string;
      /** The TFLite file that the model was converted from; null where there is none. */
      tflitePath: string | null;
      /** How a TFLite file of the model is called where it is compiled. */
      fileName: string;
      outputFile: string;
    };
    /** `outputFile` then holds a `TargetReport` as JSON. */
    result: { bytes: number };
  };
  "measure-latency": {
    request: {
      sourcePath: string;
      variantPath: string;
      variantTensors: FileTensors | null;
      data: DataSetFiles;
      threads: number;
      maxMs: number;
    };
    result: { source: Latency; variant: Latency };
  };
  "profile-placement": {
    request: { sourcePath: string; variantPath: string; data: DataSetFiles; classification: boolean; timesFile: string };
    /** Both null where the variant has no quantised nodes. `timesFile` then holds the `MeasuredTimes` of both models as JSON. */
    result: { placement: PlacementReport | null; saturation: SaturationReport | null };
  };
  search: {
    request: SearchRequest;
    event: SearchEvent;
    /** Everything comes as events; this is the last state. */
    result: SearchState;
  };
  "golden-set": {
    request: { modelPath: string; data: DataSetFiles; count: number };
    /** Files in the working directory, in the order of the model's inputs and outputs. */
    result: { count: number; inputFiles: string[]; outputFiles: string[] };
  };
}

export type RequestKind = keyof Requests;
export type RequestOf<K extends RequestKind> = Requests[K]["request"];
export type ResultOf<K extends RequestKind> = Requests[K]["result"];
/** What a child tells before its answer, besides its progress. */
export type EventOf<K extends RequestKind> = Requests[K] extends { event: infer Event } ? Event : never;

export type ProgressStep =
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
  | "drawing";

export interface ChildProgress {
  step: ProgressStep;
  done: number | null;
  total: number | null;
}

export type ToChild = { [K in RequestKind]: { kind: K; request: RequestOf<K> } }[RequestKind];

export type FromChild =
  | { type: "progress"; progress: ChildProgress }
  | { type: "event"; event: unknown }
  | { type: "result"; result: unknown }
  | { type: "error"; code: ErrorCode; message: string };

/** What a handler in the child may use besides its request. */
export interface HandlerContext<Event = never> {
  progress(progress: ChildProgress): void;
  /** What is found on the way, for the parent to keep. */
  event(event: Event): void;
}

export type Handler<K extends RequestKind> = (request: RequestOf<K>, context: HandlerContext<EventOf<K>>) => Promise<ResultOf<K>>;
