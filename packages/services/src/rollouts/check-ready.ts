import { FlotillaError } from "@flotilla/contracts";
import type { RawTx } from "@flotilla/db";
import { notFound } from "../views/not-found.ts";

interface ReleaseRow {
  name: string;
  state: string;
  invalidReason: string | null;
}

/**
 * A release that may begin to go out to devices. Shared lock: it is neither withdrawn nor marked as bad while that begins.
 * @throws FlotillaError NOT_FOUND; RELEASE_INVALIDATED; CONFLICT for one that is not ready
 */
export async function checkReady(tx: RawTx, releaseId: string): Promise<void> {
  const [release] = await tx.$queryRawUnsafe<ReleaseRow[]>(
    `SELECT "name", "state", "invalidReason" FROM "release" WHERE "id" = $1::uuid FOR SHARE`,
    releaseId,
  );
  if (release === undefined) throw notFound("release");
  const { name, state, invalidReason } = release;
  if (state === "READY") return;
  if (state === "INVALIDATED") {
    throw new FlotillaError("RELEASE_INVALIDATED", `Release “${name}” was marked as bad: ${invalidReason ?? ""} Choose another release.`, {
      details: { release: name, reason: invalidReason },
    });
  }
  throw new FlotillaError("CONFLICT", `Release “${name}” is ${state.toLowerCase()}, not ready. Choose one that is ready.`);
}
