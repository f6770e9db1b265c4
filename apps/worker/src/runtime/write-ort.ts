import { FlotillaError } from "@flotilla/contracts/errors";
import { InferenceSession } from "onnxruntime-node";
import { runtimeError } from "./open-session.ts";

/**
 * Writes a model in ONNX Runtime's own format, which loads faster and without a protobuf reader. onnxruntime itself writes it, optimised to the level `extended`:
 * above that its layouts belong to the machine that wrote them. `path` ends in `.ort`. Loading is running.
 * @throws FlotillaError OUT_OF_MEMORY, RUNTIME_REFUSED; INTERNAL for another ending, which would give an ONNX file
 */
export async function writeOrt(bytes: Uint8Array, path: string): Promise<void> {
  if (!path.endsWith(".ort")) throw new FlotillaError("INTERNAL", `A file in ORT format ends in .ort, not ${JSON.stringify(path)}.`);
  try {
    const session = await InferenceSession.create(bytes, {
      executionProviders: ["cpu"],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      graphOptimizationLevel: "extended",
      optimizedModelFilePath: path,
      logSeverityLevel: 4,
    });
    await session.release();
  } catch (error) {
    throw runtimeError("load", error);
  }
}
