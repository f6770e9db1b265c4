import type { Envelope, ErrorCode, ReleaseManifest } from "@flotilla/contracts";
import { notifyLive, type Tx } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";
import { toJson } from "../to-json.ts";
import { claimBlob } from "../uploads/lock-blob.ts";

interface BuildingRelease {
  id: string;
  organisationId: string;
  modelId: string;
}

/** A release is ready: signed, with all its files in the store. Does nothing when it was withdrawn meanwhile. */
export async function finishRelease(
  ctx: ServiceContext,
  release: BuildingRelease,
  built: { manifest: ReleaseManifest; envelope: Envelope },
): Promise<void> {
  const { manifest, envelope } = built;
  const files = [...manifest.variants.map((variant) => variant.model), ...manifest.golden.inputs, ...manifest.golden.outputs];
  const sizes = new Map(files.map((file) => [file.sha256, file.sizeBytes]));
  const sizeBytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  await ctx.db.transaction(async (tx) => {
    for (const sha256 of [...sizes.keys()].sort()) await claimBlob(ctx, tx, sha256);
    await end(tx, release, {
      state: "READY",
      manifest: toJson(manifest),
      envelope: toJson(envelope),
      sizeBytes,
      errorCode: null,
      errorMessage: null,
    });
  });
}

/** A release could not be built; its row says why. */
export async function failRelease(
  ctx: ServiceContext,
  release: BuildingRelease,
  error: { code: ErrorCode; message: string },
): Promise<void> {
  await ctx.db.transaction((tx) => end(tx, release, { state: "FAILED", errorCode: error.code, errorMessage: error.message }));
}

async function end(tx: Tx, release: BuildingRelease, data: Parameters<Tx["release"]["updateMany"]>[0]["data"]): Promise<void> {
  const { id, organisationId, modelId } = release;
  await tx.release.updateMany({ where: { id, organisationId, state: "BUILDING" }, data });
  await notifyLive(tx, { organisationId, topic: "release", id });
  await notifyLive(tx, { organisationId, topic: "model", id: modelId });
}
