import {
  type Envelope,
  envelopeSchema,
  FlotillaError,
  type ManifestVariant,
  type ReleaseFile,
  releaseManifestSchema,
} from "@flotilla/contracts";
import type { Db } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";

/** What a device that runs this variant of the release is given. */
export interface ReleaseOffer {
  readonly releaseId: string;
  readonly variant: ManifestVariant;
  readonly envelope: Envelope;
  /** The variant's model and the golden set. */
  readonly artifacts: readonly ReleaseFile[];
  /** All of it as JSON: one text for thousands of answers. */
  readonly json: string;
}

/** A few rollouts are under way at a time, with a few variants each. */
const KEPT = 64;

const kept = new WeakMap<Db, Map<string, ReleaseOffer>>();

/** A signed release never changes, so the newest ones that were asked for are kept. Throws `INTERNAL` for one that was never signed with this variant. */
export async function readRelease(
  ctx: ServiceContext,
  { releaseId, variantId }: { releaseId: string; variantId: string },
): Promise<ReleaseOffer> {
  const offers = kept.get(ctx.db) ?? new Map<string, ReleaseOffer>();
  kept.set(ctx.db, offers);
  const key = `${releaseId} ${variantId}`;
  const known = offers.get(key);
  if (known !== undefined) return known;
  const offer = await load(ctx, releaseId, variantId);
  const [oldest] = offers.keys();
  if (offers.size >= KEPT && oldest !== undefined) offers.delete(oldest);
  offers.set(key, offer);
  return offer;
}

async function load(ctx: ServiceContext, releaseId: string, variantId: string): Promise<ReleaseOffer> {
  const [row] = await ctx.db.query<{ manifest: unknown; envelope: unknown }>("SELECT manifest, envelope FROM release WHERE id = $1::uuid", [
    releaseId,
  ]);
  const manifest = releaseManifestSchema.safeParse(row?.manifest);
  const envelope = envelopeSchema.safeParse(row?.envelope);
  const variant = manifest.data?.variants.find((candidate) => candidate.id === variantId);
  if (!manifest.success || !envelope.success || variant === undefined) {
    throw new FlotillaError("INTERNAL", `Release ${releaseId} is assigned but was never signed with variant ${variantId}.`);
  }
  const { golden } = manifest.data;
  const offer = { releaseId, variant, envelope: envelope.data, artifacts: [variant.model, ...golden.inputs, ...golden.outputs] };
  return { ...offer, json: JSON.stringify(offer) };
}
