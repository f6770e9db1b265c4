import type { ReleaseManifest, VariantFormat } from "@flotilla/contracts";
import type { RawTx, Release } from "@flotilla/db";
import type { VariantOffer } from "@flotilla/domain";
import { notFound } from "../views/not-found.ts";

type Offering = Pick<Release, "organisationId" | "variantIds" | "manifest">;

/** What a release offers to devices. Throws NOT_FOUND. */
export async function readOffers(tx: RawTx, releaseId: string): Promise<VariantOffer[]> {
  const [release] = await tx.$queryRawUnsafe<Offering[]>(
    `SELECT "organisationId", "variantIds"::text[] AS "variantIds", "manifest" FROM "release" WHERE "id" = $1::uuid`,
    releaseId,
  );
  if (release === undefined) throw notFound("release");
  return offersOf(tx, release);
}

/** What a release offers to devices: from its signed manifest once built, from its variants' rows before. */
export async function offersOf(tx: RawTx, release: Offering): Promise<VariantOffer[]> {
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
  const rows = await tx.$queryRawUnsafe<{ id: string; name: string; format: VariantFormat; opset: number; sizeBytes: number }[]>(
    `SELECT "id"::text, "name", "format", "opset", "sizeBytes"::float8 AS "sizeBytes" FROM "variant"
     WHERE "id" = ANY($1::uuid[]) AND "organisationId" = $2`,
    release.variantIds,
    release.organisationId,
  );
  return rows.map((row) => ({ ...row, profiles: [], predictedMemoryBytes: 0 }));
}
