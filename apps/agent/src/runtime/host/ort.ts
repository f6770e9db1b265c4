import { createRequire } from "node:module";
import type * as Ort from "onnxruntime-node";

/**
 * onnxruntime, required when a host begins and not when the agent does: an import would load 60 MB of library into the process
 * that never runs a model, since a bundle hoists it. Resolved from beside this file.
 */
const ort = createRequire(import.meta.url)("onnxruntime-node") as typeof Ort;

export const { InferenceSession, Tensor, listSupportedBackends } = ort;
export type Session = Ort.InferenceSession;
export type SessionResults = Ort.InferenceSession.ReturnType;
export type OrtTensor = Ort.Tensor;
