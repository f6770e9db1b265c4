import type { Assignment, Report, StateReport } from "@flotilla/contracts";
import type { AssignmentRow, Store } from "./store.ts";

export interface DeviceRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface ServerAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: unknown;
  /** Of an artifact. */
  readonly bytes?: Buffer;
}

export interface HttpHooks {
  /** Applies state reports in one transaction. */
  applyReports: (deviceId: string, reports: readonly StateReport[]) => void;
  /** Called with what a device is told to run, as it leaves the server. */
  onServed: (deviceId: string, assignment: AssignmentRow) => void;
}

const answer = (status: number, body: unknown = null, headers: Record<string, string> = {}): ServerAnswer => ({ status, headers, body });
const ARTIFACTS = "/device/v1/artifacts/";

/** The device API of the gateway, as far as an enrolled device uses it. */
export function answerHttp(store: Store, hooks: HttpHooks, deviceId: string, request: DeviceRequest): ServerAnswer {
  if (store.device(deviceId).revoked) return answer(403, { code: "DEVICE_REVOKED", message: "The device is revoked." });
  if (request.path === "/device/v1/assignment") return serveAssignment(store, hooks, deviceId, request);
  if (request.path === "/device/v1/reports") {
    const { reports } = request.body as { reports: Report[] };
    const states = reports.filter((report) => report.kind === "state");
    hooks.applyReports(deviceId, states);
    return answer(200, { accepted: reports.length });
  }
  return serveArtifact(store, deviceId, request);
}

function serveAssignment(store: Store, hooks: HttpHooks, deviceId: string, { headers }: DeviceRequest): ServerAnswer {
  const assignment = store.assignments.get(deviceId);
  if (assignment === undefined) return answer(204);
  const etag = `"${assignment.seq}"`;
  if (headers["if-none-match"] === etag) return answer(304, null, { etag });
  hooks.onServed(deviceId, assignment);
  return answer(200, bodyOf(assignment), { etag });
}

function bodyOf({ seq, rolloutId, release }: AssignmentRow): Assignment {
  const [variant] = release.manifest.variants;
  if (variant === undefined) throw new Error("a release has a variant");
  return { seq, rolloutId, releaseId: release.id, variant, envelope: release.envelope, artifacts: [...release.files] };
}

/** Only what is assigned to the device; a part of it where the request has a valid Range (RFC 9110, 14.2). */
function serveArtifact(store: Store, deviceId: string, { path, headers }: DeviceRequest): ServerAnswer {
  const sha256 = path.slice(ARTIFACTS.length);
  const release = store.assignments.get(deviceId)?.release;
  const bytes = release?.bytes.get(sha256);
  if (release === undefined || bytes === undefined) return answer(404, { code: "NOT_ASSIGNED", message: "not assigned" });
  const sent = release.trait === "tampered-bytes" && sha256 === release.sha256 ? tampered(bytes) : bytes;
  const from = Number(/^bytes=(\d+)-$/.exec(headers["range"] ?? "")?.[1] ?? 0);
  if (from === 0 || from >= sent.length) return { ...answer(200), bytes: sent };
  return { ...answer(206, null, { "content-range": `bytes ${from}-${sent.length - 1}/${sent.length}` }), bytes: sent.subarray(from) };
}

function tampered(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy[copy.length - 1] = (copy[copy.length - 1] ?? 0) ^ 1;
  return copy;
}
