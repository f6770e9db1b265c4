import type { InferenceSession } from "onnxruntime-node";

/** What runs a model: a session of onnxruntime, or another runtime behind the same calls. */
export type Runnable = Pick<InferenceSession, "inputMetadata" | "outputMetadata" | "outputNames" | "run" | "release">;
