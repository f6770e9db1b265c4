import {
  type Envelope,
  envelopeSchema,
  FlotillaError,
  type ManifestVariant,
  type ReleaseFile,
  releaseManifestSchema,
} from "@flotilla/contracts";
import type { ServiceContext } from "../context.ts";

export interface AssignedRelease {
  seq: number;
  rolloutId: string | null;
  releaseId: string;
  variant: ManifestVariant;
  envelope: Envelope;
  /** The variant's model and the golden set. */
  files: ReleaseFile[];
}

interface Row {
  seq: number;
  rolloutId: string | null;
  releaseId: string;
  variantId: string;
  manifest: unknown;
  envelope: unknown;
}

/** What the device's assignment names, files included; null where nothing is assigned. */
export async function readAssignedRelease(ctx: ServiceContext, deviceId: string): Promise<AssignedRelease | null> {
  const [row] = await ctx.db.query<Row>(
    `SELECT a.seq, a."rolloutId", a."releaseId", a."variantId", r.manifest, r.envelope
       FROM assignment a JOIN release r ON r.id = a."releaseId" WHERE a."deviceId" = $1::uuid`,
    [deviceId],
  );
  if (row === undefined) return null;
  const manifest = releaseManifestSchema.safeParse(row.manifest);
  const envelope = envelopeSchema.safeParse(row.envelope);
  const variant = manifest.data?.variants.find((candidate) => candidate.id === row.variantId);
  if (!manifest.success || !envelope.success || variant === undefined) {
    throw new FlotillaError("INTERNAL", `Release ${row.releaseId} is assigned but was never signed with variant ${row.variantId}.`);
  }
  const { golden } = manifest.data;
  const files = [variant.model, ...golden.inputs, ...golden.outputs];
  return { seq: row.seq, rolloutId: row.rolloutId, releaseId: row.releaseId, variant, envelope: envelope.data, files };
}
