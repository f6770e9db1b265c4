import { type Conversion, FlotillaError, takesSamples } from "@flotilla/contracts";
import type { ModelVersion, Tx } from "@flotilla/db";
import { toConvertedFile } from "../models/to-converted-file.ts";
import { notFound } from "../views/not-found.ts";

/** A version that a person's own inputs and outputs can prove. */
export interface ReferenceTarget {
  version: ModelVersion;
  /** The file that it was converted from. */
  uploadedSha256: string;
  conversion: Conversion;
}

/**
 * The version that a reference is for. Throws INVALID_INPUT (none is named), NOT_FOUND, CONFLICT: it came as ONNX, or was compared with its own
 * framework's runtime, whose answer nobody's file replaces.
 */
export async function findReferenceTarget(
  tx: Pick<Tx, "modelVersion">,
  { organisationId, id }: { organisationId: string; id: string | null | undefined },
): Promise<ReferenceTarget> {
  if (id === null || id === undefined)
    throw new FlotillaError("INVALID_INPUT", "A reference needs the model version that it is for: name it as targetVersionId.");
  const version = await tx.modelVersion.findFirst({ where: { id, organisationId, model: { archivedAt: null } } });
  if (version === null) throw notFound("model version");
  const converted = toConvertedFile(version);
  if (converted === null)
    throw new FlotillaError("CONFLICT", "This version was uploaded as ONNX, so there is no conversion that a reference could prove.");
  if (!takesSamples(converted.conversion.check))
    throw new FlotillaError(
      "CONFLICT",
      "This version was compared with its own framework's runtime already. A file of inputs and outputs does not replace that.",
    );
  return { version, uploadedSha256: converted.sha256, conversion: converted.conversion };
}
