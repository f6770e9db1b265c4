import { type Assignment, assignmentSchema, type ReleaseManifest, type TrustedKey } from "@flotilla/contracts";
import { readReleaseManifest } from "@flotilla/trust/verify";

const parsed = new Map<string, Assignment>();
const manifests = new Map<string, ReleaseManifest>();

/** Devices of one process share the parsing of an answer that is the same to the byte: thousands of devices on two cores would measure a schema library. */
export function parseAssignment(body: Buffer): Assignment {
  const text = body.toString();
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const assignment = assignmentSchema.parse(JSON.parse(text));
  if (parsed.size > 1000) parsed.clear();
  parsed.set(text, assignment);
  return assignment;
}

/** As `parseAssignment`: a signature is verified once a process, not once a device. */
export function readManifest(assignment: Assignment, trustedKeys: readonly TrustedKey[]): ReleaseManifest {
  const { payload } = assignment.envelope;
  const known = manifests.get(payload) ?? readReleaseManifest(assignment.envelope, trustedKeys);
  manifests.set(payload, known);
  return known;
}
