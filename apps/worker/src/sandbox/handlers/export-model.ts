import { readFile, stat, writeFile } from "node:fs/promises";
import { isFlotillaError } from "@flotilla/contracts";
import { opsetOf, readModel } from "@flotilla/onnx";
import { writeTfliteFile } from "../../models/write-tflite-file.ts";
import { openSessionFile } from "../../runtime/open-session.ts";
import { writeOrt } from "../../runtime/write-ort.ts";
import type { Handler, RequestOf, ResultOf } from "../protocol.ts";

/**
 * Writes a model in the format of a device's runtime. What is written is opened again: an ORT file that onnxruntime refuses is an error; of a TFLite file it is
 * said, because the runtime here is older than those of devices.
 */
export const exportModel: Handler<"export-model"> = async (request, context) => {
  context.progress({ step: "reading", done: null, total: null });
  const bytes = await readFile(request.modelPath);
  context.progress({ step: "converting", done: null, total: null });
  const facts = request.format === "ort" ? await exportOrt(bytes, request) : await exportTflite(bytes, request);
  return { ...facts, sizeBytes: (await stat(request.outputFile)).size };
};

type Facts = Omit<ResultOf<"export-model">, "sizeBytes">;

async function exportOrt(bytes: Uint8Array, { outputFile }: RequestOf<"export-model">): Promise<Facts> {
  const model = readModel(bytes);
  await writeOrt(bytes, outputFile);
  const session = await openSessionFile(outputFile, { threads: 1, optimise: false });
  await session.release();
  return { opset: opsetOf(model), notes: [], tensors: null, floatNodes: [], refusal: null };
}

async function exportTflite(bytes: Uint8Array, request: RequestOf<"export-model">): Promise<Facts> {
  const model = readModel(bytes);
  const opset = opsetOf(model);
  const precision = request.format === "tflite-float16" ? "float16" : request.format === "tflite-int8" ? "int8" : "float32";
  const { dimensions, description } = request;
  const written = writeTfliteFile(model, { precision, dimensions, description });
  await writeFile(request.outputFile, written.bytes);
  const { tensors, floatNodes, notes } = written;
  return { opset, notes: [...notes], tensors, floatNodes: [...floatNodes], refusal: await tryOut(written.bytes) };
}

/** Runs a file once on zeros. What its runtime says against it, or null. */
async function tryOut(bytes: Uint8Array): Promise<string | null> {
  const { openTflite } = await import("../../reference/tflite-runtime.ts");
  try {
    const interpreter = (await openTflite(bytes)).interpreter();
    interpreter.run([]);
    interpreter.close();
    return null;
  } catch (error) {
    if (!isFlotillaError(error)) throw error;
    return error.message;
  }
}
