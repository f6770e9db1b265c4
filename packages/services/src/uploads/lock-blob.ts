import { FlotillaError } from "@flotilla/contracts";
import type { Tx } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";

/**
 * Serialises, until the transaction ends, what makes a row name a blob against what deletes blobs that no row names.
 */
export async function lockBlob(tx: Tx, sha256: string): Promise<void> {
  await tx.$executeRawUnsafe("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", sha256);
}

/** For a row that is about to name a blob: locks it and makes sure that it was not deleted since it was put. */
export async function claimBlob(ctx: ServiceContext, tx: Tx, sha256: string): Promise<void> {
  await lockBlob(tx, sha256);
  if ((await ctx.blob.stat(sha256)) === null)
    throw new FlotillaError("CONFLICT", "The same bytes were deleted at this very moment; upload the file again.");
}
