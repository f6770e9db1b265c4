import { readFile } from "node:fs/promises";
import type { FileTensors } from "@flotilla/contracts";
import { openSession, type SessionOptions } from "./open-session.ts";
import type { Runnable } from "./runnable.ts";

/**
 * Opens a model or a variant in the runtime of its format: onnxruntime for ONNX and ORT, which it tells apart by their first bytes, TensorFlow Lite where
 * `tensors` says how inputs and outputs stand in the file.
 * @throws FlotillaError OUT_OF_MEMORY, RUNTIME_REFUSED
 */
export async function openModel(bytes: Uint8Array, tensors: FileTensors | null, options: SessionOptions): Promise<Runnable> {
  if (tensors === null) return openSession(bytes, options);
  // Only a child that runs such a file loads its runtime.
  const { openTfliteFile } = await import("./open-tflite-file.ts");
  return openTfliteFile(bytes, tensors);
}

export async function openModelFile(path: string, tensors: FileTensors | null, options: SessionOptions): Promise<Runnable> {
  return openModel(await readFile(path), tensors, options);
}
