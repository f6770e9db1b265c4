import type { ServiceContext } from "../context.ts";
import type { AuthenticatedDevice } from "./authenticate-device.ts";
import { readRelease } from "./read-release.ts";

export type AssignmentAnswer =
  | { kind: "none" }
  | { kind: "unchanged"; etag: string }
  /** `json` is an `Assignment`. */
  | { kind: "assigned"; etag: string; json: string };

/** What the device should run now. `ifNoneMatch` is its If-None-Match header: the entity tag of an assignment is its number. */
export async function getAssignment(
  ctx: ServiceContext,
  { assignment }: AuthenticatedDevice,
  ifNoneMatch: string | null,
): Promise<AssignmentAnswer> {
  if (assignment === null) return { kind: "none" };
  const { seq, rolloutId } = assignment;
  const etag = `"${seq}"`;
  // Nearly every poll ends here and needs no manifest.
  if (ifNoneMatch !== null && matches(ifNoneMatch, etag)) return { kind: "unchanged", etag };
  const { json } = await readRelease(ctx, assignment);
  return { kind: "assigned", etag, json: `{"seq":${seq},"rolloutId":${JSON.stringify(rolloutId)},${json.slice(1)}` };
}

/** RFC 9110, 13.1.2: a list of tags, compared weakly, or `*`. */
function matches(header: string, etag: string): boolean {
  const tags = header.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes(etag) || tags.includes("*");
}
