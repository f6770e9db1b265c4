import type { Assignment } from "@flotilla/contracts";
import type { ServiceContext } from "../context.ts";
import type { DeviceIdentity } from "./context.ts";
import { readAssignedRelease } from "./read-assigned-release.ts";

export type AssignmentAnswer =
  | { kind: "none" }
  | { kind: "unchanged"; etag: string }
  | { kind: "assigned"; etag: string; assignment: Assignment };

/** What the device should run now. `ifNoneMatch` is its If-None-Match header: the entity tag of an assignment is its number. */
export async function getAssignment(ctx: ServiceContext, device: DeviceIdentity, ifNoneMatch: string | null): Promise<AssignmentAnswer> {
  // The number first: nearly every poll ends here and needs no manifest.
  const [current] = await ctx.db.query<{ seq: number }>(`SELECT seq FROM assignment WHERE "deviceId" = $1::uuid`, [device.deviceId]);
  if (current === undefined) return { kind: "none" };
  if (ifNoneMatch !== null && matches(ifNoneMatch, etagOf(current.seq))) return { kind: "unchanged", etag: etagOf(current.seq) };
  const assigned = await readAssignedRelease(ctx, device.deviceId);
  if (assigned === null) return { kind: "none" };
  const { files, ...rest } = assigned;
  return { kind: "assigned", etag: etagOf(assigned.seq), assignment: { ...rest, artifacts: files } };
}

function etagOf(seq: number): string {
  return `"${seq}"`;
}

/** RFC 9110, 13.1.2: a list of tags, compared weakly, or `*`. */
function matches(header: string, etag: string): boolean {
  const tags = header.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes(etag) || tags.includes("*");
}
