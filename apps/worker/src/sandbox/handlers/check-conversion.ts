import { readFile } from "node:fs/promises";
import type { ConversionCheck } from "@flotilla/contracts";
import { arithmeticOf } from "../../reference/arithmetic.ts";
import { compareWithReference } from "../../reference/compare-reference.ts";
import { openReference } from "../../reference/open-reference.ts";
import { referenceInputs } from "../../reference/reference-inputs.ts";
import { inputSlots, runOnnx } from "../../reference/run-onnx.ts";
import { openSession } from "../../runtime/open-session.ts";
import type { Handler } from "../protocol.ts";

/** Indices that most embeddings have, then ones that all have. */
const MAX_INDICES = [50, 2];

/** Compares a converted model with the uploaded file run by its own framework, on seeded noise. */
export const checkConversion: Handler<"check-conversion"> = async ({ uploadedPath, onnxPath, format, options, rawPixels, dynamic }) => {
  const onnx = await readFile(onnxPath);
  // Fused kernels saturate on some CPUs; what is asked here is whether the graph is the same, not how a machine runs it.
  const session = await openSession(onnx, { threads: 1, optimise: false });
  const slots = inputSlots(session);
  if (slots === null) return unproved("The model has an input that is no tensor.");
  const reference = await openReference(await readFile(uploadedPath), { format, options, slots });
  if ("why" in reference) return unproved(reference.why);
  const hasIndices = slots.some(({ type }) => type === "int32" || type === "int64");
  let failure: unknown = null;
  for (const maxIndex of hasIndices ? MAX_INDICES : [1]) {
    const samples = referenceInputs(slots, { maxIndex, wide: rawPixels });
    if (samples === null) return unproved(`Inputs cannot be made for ${slots.map(({ name, type }) => `"${name}" (${type})`).join(", ")}.`);
    try {
      const expected = samples.map((inputs) => reference.run(inputs));
      const outputs = compareWithReference(expected, await runOnnx(session, slots, samples), arithmeticOf(onnx, dynamic));
      const passed = outputs.every((output) => output.passed);
      return { reference: reference.kind, why: null, samples: samples.length, outputs, passed };
    } catch (error) {
      failure = error;
    }
  }
  return unproved(failure instanceof Error ? failure.message : String(failure));
};

function unproved(why: string): ConversionCheck {
  return { reference: "none", why, samples: 0, outputs: [], passed: null };
}
