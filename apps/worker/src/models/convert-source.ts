import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import type { Conversion, ConversionOptions, SourceFormat } from "@flotilla/contracts";
import { convertModel, describeModel, type ModelHints, unsupportedError } from "@flotilla/convert/bring-in";
import { writeModel } from "@flotilla/onnx";
import type { HandlerContext, InspectionEvent } from "../sandbox/protocol.ts";

export interface ConvertedSource {
  bytes: Uint8Array;
  sha256: string;
  /** The same bytes in the working directory. */
  file: string;
  conversion: Omit<Conversion, "check">;
  hints: ModelHints;
}

/** One for each layer that needs one is more than anybody reads. */
const MAX_NOTES = 100;
const OUTPUT_FILE = "converted.onnx";

/**
 * Describes a model in another format, and converts it to ONNX where all of it can be: the description is told before anything is converted. Throws
 * UNSUPPORTED_OPERATOR for all layers or operators that have no counterpart at once, and whatever is wrong with the file.
 */
export async function convertSource(
  uploaded: Uint8Array,
  { format, options }: { format: SourceFormat; options: ConversionOptions },
  context: HandlerContext<InspectionEvent>,
): Promise<ConvertedSource> {
  context.event({ type: "step", step: "describing" });
  const started = performance.now();
  const description = await describeModel(uploaded, format);
  context.event({ type: "described", description });
  if (description.unsupported.length > 0) throw unsupportedError(description.unsupported);
  context.event({ type: "step", step: "converting" });
  const { model, nodesBefore, nodesAfter, notes, hints } = await convertModel(uploaded, format, options);
  const bytes = writeModel(model);
  await writeFile(OUTPUT_FILE, bytes);
  return {
    bytes,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    file: OUTPUT_FILE,
    hints,
    conversion: {
      format,
      framework: description.framework,
      frameworkVersion: description.frameworkVersion,
      options,
      nodesBefore,
      nodesAfter,
      seconds: (performance.now() - started) / 1000,
      notes: notes.slice(0, MAX_NOTES),
    },
  };
}
