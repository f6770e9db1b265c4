import { readFile } from "node:fs/promises";
import { FlotillaError, type Inspection } from "@flotilla/contracts";
import { inspectModel as inspectOnnx } from "@flotilla/onnx";
import { checkFormat } from "../../models/check-format.ts";
import { proposeCard } from "../../models/propose-card.ts";
import { openSession } from "../../runtime/open-session.ts";
import { tryRun } from "../../runtime/try-run.ts";
import type { Handler } from "../protocol.ts";

/** The newest operator set that the bundled onnxruntime 1.30 knows. */
const MAX_OPSET = 25;

/**
 * Recognises a model by its bytes, checks it against the limits before decoding, describes it, then loads it and runs it once on
 * zeros: what cannot be run here will not run on a device either.
 */
export const inspectModel: Handler<"inspect-model"> = async ({ path, fileName, sha256 }, context) => {
  const bytes = await readFile(path);
  checkFormat(bytes, fileName);
  const found = inspectOnnx(bytes);
  const opset = found.opsets[""] ?? 0;
  if (opset > MAX_OPSET) {
    throw new FlotillaError(
      "UNSUPPORTED_OPSET",
      `The model uses operator set ${opset}; up to ${MAX_OPSET} can be run. Export it with opset_version=${MAX_OPSET} or lower.`,
    );
  }
  context.progress({ step: "reading", done: null, total: null });
  const session = await openSession(bytes, { threads: 1 });
  const notes = [...found.notes, ...(await tryRun(session))];
  const inspection: Inspection = { format: "onnx", sha256, sizeBytes: bytes.byteLength, ...found, notes };
  return { inspection, card: proposeCard(inspection) };
};
