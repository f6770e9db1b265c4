import type { ReleaseManifest, VariantFormat } from "@flotilla/contracts";
import type { Release, Tx } from "@flotilla/db";
import type { VariantOffer } from "@flotilla/domain";

/** What a release offers to devices: from its signed manifest once built, from its variants' rows before. */
export async function offersOf(tx: Tx, release: Release): Promise<VariantOffer[]> {
  const manifest = release.manifest as unknown as ReleaseManifest | null;
  if (manifest !== null) {
    return manifest.variants.map(({ id, name, format, opset, model, profiles, predictedMemoryBytes }) => ({
      id,
      name,
      format: format ?? "onnx",
      opset,
      sizeBytes: model.sizeBytes,
      profiles,
      predictedMemoryBytes,
    }));
  }
  const rows = await tx.variant.findMany({ where: { id: { in: release.variantIds }, organisationId: release.organisationId } });
  return rows.map(({ id, name, format, opset, sizeBytes }) => ({
    id,
    name,
    format: format as VariantFormat,
    opset,
    sizeBytes: Number(sizeBytes),
    profiles: [],
    predictedMemoryBytes: 0,
  }));
}
