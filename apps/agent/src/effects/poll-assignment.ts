import { type Assignment, assignmentSchema } from "@flotilla/contracts";
import type { DeviceClient } from "./https-client.ts";

export type AssignmentAnswer =
  | { kind: "assigned"; assignment: Assignment; etag: string | null }
  | { kind: "unchanged" }
  | { kind: "unassigned" };

/** `GET /device/v1/assignment`: the truth about what this device should run. */
export async function pollAssignment(
  client: Pick<DeviceClient, "json">,
  etag: string | null,
  signal: AbortSignal,
): Promise<AssignmentAnswer> {
  const headers = etag === null ? {} : { "if-none-match": etag };
  const { status, headers: answered, body } = await client.json("GET", "/device/v1/assignment", { headers, signal });
  if (status === 304) return { kind: "unchanged" };
  if (status === 204) return { kind: "unassigned" };
  return { kind: "assigned", assignment: assignmentSchema.parse(body), etag: answered.etag ?? null };
}
