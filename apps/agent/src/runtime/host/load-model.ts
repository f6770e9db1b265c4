import { envelopeSchema, RELEASE_PAYLOAD_TYPE, type ReleaseManifest, releaseManifestSchema, sha256Schema } from "@flotilla/contracts";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { InferenceSession, type Session } from "./ort.ts";

const slotFileSchema = z.object({ envelope: envelopeSchema, variantSha256: sha256Schema });

export type LoadedModel = { directory: string; manifest: ReleaseManifest; variantSha256: string; session: Session };

/**
 * Loads a slot that the agent has just verified: the parent checks signature and digests, this process only runs.
 *
 * @param threads threads inside one operator; they sleep between runs, because a device has other work too
 */
export async function loadModel(directory: string, threads: number): Promise<LoadedModel> {
  const { envelope, variantSha256 } = slotFileSchema.parse(JSON.parse(await readFile(join(directory, "slot.json"), "utf8")));
  if (envelope.payloadType !== RELEASE_PAYLOAD_TYPE) throw new Error(`unexpected payload ${envelope.payloadType}`);
  const manifest = releaseManifestSchema.parse(JSON.parse(Buffer.from(envelope.payload, "base64").toString("utf8")));
  const variant = manifest.variants.find((candidate) => candidate.model.sha256 === variantSha256);
  if (variant === undefined) throw new Error(`the manifest has no variant ${variantSha256}`);
  const session = await InferenceSession.create(join(directory, variant.model.name), {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: "0" }, inter_op: { allow_spinning: "0" } } },
  });
  return { directory, manifest, variantSha256, session };
}
