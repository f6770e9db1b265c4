import { readFile } from "node:fs/promises";
import type { Inspection } from "@flotilla/contracts";
import { FlotillaError } from "@flotilla/contracts/errors";
import { inspectModel as inspectOnnx } from "@flotilla/onnx";
import { proposeCard } from "../../models/propose-card.ts";
import { recogniseFormat } from "../../models/recognise-format.ts";
import type { Handler } from "../protocol.ts";

/** The newest operator set that the bundled onnxruntime 1.30 knows. */
const MAX_OPSET = 25;

/**
 * Recognises a model by its bytes; one in another format is described and converted first. Then checks it against the limits before decoding,
 * describes it, loads it and runs it once on zeros: what cannot be run here will not run on a device either.
 */
export const inspectModel: Handler<"inspect-model"> = async ({ path, fileName, sha256, options }, context) => {
  context.event({ type: "step", step: "reading" });
  const uploaded = await readFile(path);
  const format = recogniseFormat(uploaded, fileName);
  const source =
    format === "onnx" ? null : await (await import("../../models/convert-source.ts")).convertSource(uploaded, { format, options }, context);
  const bytes = source?.bytes ?? uploaded;
  const found = inspectOnnx(bytes);
  const opset = found.opsets[""] ?? 0;
  if (opset > MAX_OPSET) {
    throw new FlotillaError(
      "UNSUPPORTED_OPSET",
      `The model uses operator set ${opset}; up to ${MAX_OPSET} can be run. Export it with opset_version=${MAX_OPSET} or lower.`,
    );
  }
  context.event({ type: "step", step: "trying" });
  // Loaded here: what a file holds is said before the runtime is there.
  const [{ openSession }, { tryRun }] = await Promise.all([import("../../runtime/open-session.ts"), import("../../runtime/try-run.ts")]);
  const session = await openSession(bytes, { threads: 1 });
  const notes = [...found.notes, ...(await tryRun(session))];
  const inspection: Inspection = { format: "onnx", sha256: source?.sha256 ?? sha256, sizeBytes: bytes.byteLength, ...found, notes };
  if (source === null) return { inspection, card: proposeCard(inspection), converted: null };
  const { file, conversion, hints } = source;
  return { inspection, card: proposeCard(inspection, hints), converted: { file, conversion, hints } };
};
