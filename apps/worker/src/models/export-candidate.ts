import { type ErrorCode, type FileTensors, isFlotillaError, type Recipe } from "@flotilla/contracts";
import { judgeExport, tflitePrecision } from "@flotilla/domain";
import { OnnxError, readModel } from "@flotilla/onnx";
import type { SearchTarget } from "../sandbox/protocol.ts";
import { writeTfliteFile } from "./write-tflite-file.ts";

/** A search's candidate as the file that its target gets; `tensors` decides its runtime. */
export interface CandidateFile {
  readonly bytes: Uint8Array;
  readonly tensors: FileTensors | null;
}

/**
 * Refuses, before anything is built, what the target's format or its kernels cannot be given.
 * @throws OnnxError INVALID_INPUT with why, which a search records of the candidate
 */
export function checkCandidate(recipe: Recipe, target: SearchTarget): void {
  const problem = judgeExport(recipe);
  if (problem !== null) throw new OnnxError("INVALID_INPUT", problem.sentence);
  if (!target.fullInteger) return;
  const inFloat = recipe.passes.some((pass) => pass.pass === "int8-static" && pass.exclude.length > 0);
  if (inFloat || tflitePrecision(recipe) !== "int8")
    throw new OnnxError("INVALID_INPUT", "The device calculates on integers only, and this candidate calculates in float.");
}

/**
 * The file of a candidate that was built as ONNX.
 * @throws OnnxError INVALID_INPUT for nodes in float on a device that has integers only; what `writeTflite` throws
 */
export function exportCandidate(bytes: Uint8Array, recipe: Recipe, target: SearchTarget): CandidateFile {
  if (target.format !== "tflite") return { bytes, tensors: null };
  const description = { ...target.description, name: recipe.name };
  const written = writeTfliteFile(readModel(bytes), { precision: tflitePrecision(recipe), dimensions: {}, description });
  if (target.fullInteger && written.floatNodes.length > 0)
    throw new OnnxError(
      "INVALID_INPUT",
      `The device calculates on integers only, and ${written.floatNodes.length} nodes have no int8 kernel: ${written.floatNodes.slice(0, 5).join(", ")}.`,
    );
  return written;
}

/** What the format or its runtime here refuse of one candidate: said of it, and no end of the search. */
const OF_THE_CANDIDATE: readonly ErrorCode[] = ["INVALID_INPUT", "UNSUPPORTED_OPERATOR", "RUNTIME_REFUSED"];

/** Makes and measures a candidate; what is only wrong with it comes as an OnnxError, which the search records. */
export async function recordingRefusals<T>(target: SearchTarget, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (target.format === "onnx" || !isFlotillaError(error) || !OF_THE_CANDIDATE.includes(error.code)) throw error;
    throw new OnnxError("INVALID_INPUT", error.message, { cause: error });
  }
}
