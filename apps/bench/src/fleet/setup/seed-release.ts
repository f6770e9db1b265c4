import { randomUUID } from "node:crypto";
import type { BlobStore } from "@flotilla/blob";
import { RELEASE_PAYLOAD_TYPE, type ReleaseFile, type ReleaseManifest } from "@flotilla/contracts";
import type { Db } from "@flotilla/db";
import type { Signer } from "@flotilla/trust/sign";

const GATES = { goldenAgreementMin: null, latencyP95MaxMs: null, latencyP95MaxRatio: null, memoryMaxBytes: null, memoryMaxRatio: null };

export interface ReleaseSource {
  readonly db: Db;
  readonly blob: BlobStore;
  readonly signer: Signer;
  readonly organisationId: string;
}

/** A signed release of its own model line whose only file is `bytes`, stored as the worker would store it. */
export async function seedRelease(source: ReleaseSource, bytes: Buffer): Promise<{ releaseId: string; file: ReleaseFile }> {
  const { db, blob, signer, organisationId } = source;
  const [releaseId, variantId, modelId, versionId] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  const file = { name: "model.onnx", ...(await blob.put(chunk(bytes), { maxBytes: bytes.length })) };
  const manifest = manifestOf({ releaseId, variantId, modelId, file });
  const envelope = signer.sign(RELEASE_PAYLOAD_TYPE, Buffer.from(JSON.stringify(manifest)));
  const owned = { organisationId, createdBy: "bench" };
  const { prisma } = db;
  await prisma.model.create({ data: { id: modelId, organisationId, name: manifest.modelName } });
  const version = { version: 1, fileName: "m.onnx", sha256: file.sha256, sizeBytes: file.sizeBytes, inspection: {}, card: {} };
  await prisma.modelVersion.create({ data: { id: versionId, modelId, ...owned, ...version } });
  const variant = { name: "fp32", recipe: [], cacheKey: "bench", sha256: file.sha256, sizeBytes: file.sizeBytes, opset: 17 };
  await prisma.variant.create({ data: { id: variantId, organisationId, modelVersionId: versionId, ...variant } });
  const named = { name: `${manifest.modelName} 1`, counter: 1, variantIds: [variantId], gates: {}, state: "READY" };
  await prisma.release.create({ data: { id: releaseId, ...owned, modelId, modelVersionId: versionId, ...named, manifest, envelope } });
  return { releaseId, file };
}

function manifestOf(ids: { releaseId: string; variantId: string; modelId: string; file: ReleaseFile }): ReleaseManifest {
  const { releaseId, variantId, modelId, file } = ids;
  return {
    schemaVersion: 1,
    releaseId,
    organisationId: randomUUID(),
    modelId,
    modelName: `bench-${modelId.slice(0, 8)}`,
    version: 1,
    counter: 1,
    createdAt: new Date().toISOString(),
    inputs: [],
    outputs: [],
    preprocessing: null,
    labels: [],
    variants: [{ id: variantId, name: "fp32", model: file, runtime: "onnxruntime", opset: 17, profiles: [], predictedMemoryBytes: 0 }],
    golden: { count: 1, inputs: [], outputs: [] },
    gates: GATES,
  };
}

async function* chunk(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
