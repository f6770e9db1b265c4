import { readFile, writeFile } from "node:fs/promises";
import { FlotillaError, isFlotillaError } from "@flotilla/contracts";
import { TARGET_REPORT_MAX_OPERATORS, TARGET_RULES_VERSION, type TargetFacts, type TargetReport } from "@flotilla/contracts/targets";
import { checkForOpencv, convertTflite, mapToEdgeTpu, readModelFile, writeTflite } from "@flotilla/convert";
import { inspectModel, OnnxError, readModel, sniffFormat, writeModel } from "@flotilla/onnx";
import type { Handler, RequestOf } from "../protocol.ts";

/**
 * What each kind of device makes of a model, by rules over its bytes: nothing of it runs. An ONNX file is written as TFLite for the Edge TPU's part, which is thrown away
 * afterwards.
 */
export const reportTargets: Handler<"report-targets"> = async (request, context) => {
  context.progress({ step: "reading", done: null, total: null });
  const bytes = await readFile(request.modelPath);
  const format = sniffFormat(bytes, "");
  const onnx = format === "tflite" ? toOnnx(bytes) : format === "ort" ? null : bytes;
  const facts = onnx === null ? null : describe(onnx, bytes.byteLength);
  context.progress({ step: "converting", done: null, total: null });
  const report: TargetReport = {
    version: TARGET_RULES_VERSION,
    facts,
    edgeTpu: format === "ort" ? { state: "unreadable" } : await reportEdgeTpu(bytes, format === "tflite", request),
    opencv: format === "tflite" || format === "ort" ? null : checkForOpencv(readModel(bytes)),
  };
  await writeFile(request.outputFile, JSON.stringify(report));
  return { bytes: bytes.byteLength };
};

function describe(onnx: Uint8Array, sizeBytes: number): TargetFacts {
  const { opsets, operators, inputs, weightBytes, memoryEstimateBytes } = inspectModel(onnx);
  return { opsets, operators, inputs, sizeBytes, weightBytes, memoryEstimateBytes };
}

/** null where TFLite has operators that ONNX has no counterpart of: the Edge TPU's report needs none. */
function toOnnx(tflite: Uint8Array): Uint8Array | null {
  try {
    return writeModel(convertTflite(tflite).model);
  } catch (error) {
    if (isFlotillaError(error) && error.code === "UNSUPPORTED_OPERATOR") return null;
    throw error;
  }
}

async function reportEdgeTpu(
  bytes: Uint8Array,
  isTflite: boolean,
  { tflitePath, fileName }: RequestOf<"report-targets">,
): Promise<TargetReport["edgeTpu"]> {
  const own = tflitePath === null ? (isTflite ? bytes : null) : await readFile(tflitePath);
  if (own !== null) return mapped(own, "file", fileName);
  const model = readModel(bytes);
  const precision = model.graph.nodes.some((node) => node.is("QuantizeLinear")) ? "int8" : "float32";
  try {
    return mapped(writeTflite(model, { precision }).bytes, precision, fileName);
  } catch (error) {
    if (isFlotillaError(error) || error instanceof OnnxError)
      return { state: "refused", error: { code: error.code, message: error.message } };
    throw error;
  }
}

function mapped(tflite: Uint8Array, from: "file" | "int8" | "float32", fileName: string): TargetReport["edgeTpu"] {
  const report = mapToEdgeTpu(readModelFile(tflite), fileName);
  const count = report.operators.length;
  if (count > TARGET_REPORT_MAX_OPERATORS)
    throw new FlotillaError(
      "TOO_MANY_NODES",
      `As TFLite the model has ${count.toLocaleString("en")} operators; up to ${TARGET_REPORT_MAX_OPERATORS.toLocaleString("en")} are reported. Simplify the model first.`,
    );
  return { state: "mapped", from, report };
}
