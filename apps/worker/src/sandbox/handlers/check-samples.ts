import { readFile } from "node:fs/promises";
import { FlotillaError } from "@flotilla/contracts";
import { inspectTflite } from "@flotilla/convert";
import { readNamedArrays } from "../../data-sets/read-arrays.ts";
import { arithmeticOf } from "../../reference/arithmetic.ts";
import { compareWithReference } from "../../reference/compare-reference.ts";
import { matchInputs, type Port } from "../../reference/match-inputs.ts";
import { matchOutputs } from "../../reference/match-outputs.ts";
import { runOnnx } from "../../reference/run-onnx.ts";
import { openSession } from "../../runtime/open-session.ts";
import type { Handler } from "../protocol.ts";

/**
 * Compares what a converted model answers to a person's inputs with the outputs that they had from the model in its own framework. The file's arrays
 * are as the model was trained: with the channels last, whatever order was chosen for the conversion.
 */
export const checkSamples: Handler<"check-samples"> = async ({ samplesPath, uploadedPath, onnxPath, format, options }) => {
  const arrays = await readNamedArrays(samplesPath);
  const onnx = await readFile(onnxPath);
  // As for the framework's own runtime: fused kernels saturate on some CPUs.
  const session = await openSession(onnx, { threads: 1, optimise: false });
  const turned = options.layout === "nchw";
  const ports = session.inputMetadata.map((input): Port => {
    if (!input.isTensor)
      throw new FlotillaError("REFERENCE_TYPES", `The input "${input.name}" is no tensor, so no array can be given to it.`);
    const shape = input.shape.map((size) => (typeof size === "number" && size >= 0 ? size : -1));
    return { name: input.name, type: input.type, shape, turned: turned && shape.length === 4 };
  });
  const { slots, samples, count } = matchInputs(arrays, ports);
  const found = await runOnnx(session, slots, samples);
  const expected = matchOutputs(arrays, found, { count, turned });
  const dynamic = format === "tflite" && inspectTflite(await readFile(uploadedPath)).numbers === "dynamic-range";
  const outputs = compareWithReference(expected, found, arithmeticOf(onnx, dynamic));
  return { reference: "samples", why: null, samples: samples.length, outputs, passed: outputs.every(({ passed }) => passed) };
};
