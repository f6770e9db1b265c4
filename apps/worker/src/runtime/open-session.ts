import { readFile } from "node:fs/promises";
import { FlotillaError, isFlotillaError } from "@flotilla/contracts/errors";
import { InferenceSession, type Tensor } from "onnxruntime-node";
import { meansOutOfMemory } from "../sandbox/explain-exit.ts";

export interface SessionOptions {
  threads: number;
  /** Fuse and rewrite the graph for this machine. Default true. */
  optimise?: boolean;
  /** Plan all values of a run in one block. Default true; without it a calibration of MobileNetV2 takes a tenth less memory in the same time. */
  planMemory?: boolean;
  /** Time every kernel into `<prefix>_<time>.json` in the working directory, until `endProfiling`. */
  profilePrefix?: string;
}

/**
 * Loads a model from bytes, never from its path: then nothing beside it can be read as its external data.
 * Loading is running: onnxruntime folds constants meanwhile. Throws OUT_OF_MEMORY or RUNTIME_REFUSED.
 */
export async function openSession(bytes: Uint8Array, options: SessionOptions): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(bytes, {
      executionProviders: ["cpu"],
      intraOpNumThreads: options.threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: options.optimise === false ? "disabled" : "all",
      enableMemPattern: options.planMemory !== false,
      ...(options.profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: options.profilePrefix }),
      // Fatal only: warnings about a foreign model are not ours to print.
      logSeverityLevel: 4,
    });
  } catch (error) {
    throw runtimeError("load", error);
  }
}

export async function openSessionFile(path: string, options: SessionOptions): Promise<InferenceSession> {
  return openSession(await readFile(path), options);
}

/** Runs a model once. Throws OUT_OF_MEMORY or RUNTIME_REFUSED. */
export async function runSession(session: Pick<InferenceSession, "run">, feeds: Record<string, Tensor>): Promise<Record<string, Tensor>> {
  try {
    return await session.run(feeds);
  } catch (error) {
    throw runtimeError("run", error);
  }
}

export function runtimeError(doing: "load" | "run", error: unknown): FlotillaError {
  if (isFlotillaError(error)) return error;
  const message = (error instanceof Error ? error.message : String(error)).slice(0, 600);
  if (meansOutOfMemory(message)) {
    return new FlotillaError(
      "OUT_OF_MEMORY",
      `The model asks for more memory than a job may use: ${message}. Make the tensor that it names smaller.`,
      { cause: error },
    );
  }
  return new FlotillaError(
    "RUNTIME_REFUSED",
    `ONNX Runtime could not ${doing} the model: ${message}. Check the operator and opset that it names, then export it again.`,
    { cause: error },
  );
}
