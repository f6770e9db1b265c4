import { FlotillaError, sha256Schema } from "@flotilla/contracts";
import type { ServiceContext } from "../context.ts";
import type { AuthenticatedDevice } from "./authenticate-device.ts";
import { readRelease } from "./read-release.ts";
import { recordSecurityEvent } from "./record-security-event.ts";

/**
 * Whether the device may have these bytes: only files of the release that is assigned to it. Anything else throws `NOT_ASSIGNED`,
 * the same for what exists and what does not, and leaves a `security` event.
 */
export async function authoriseArtifact(ctx: ServiceContext, device: AuthenticatedDevice, sha256: string): Promise<{ sizeBytes: number }> {
  const { assignment } = device;
  const release = assignment !== null && sha256Schema.safeParse(sha256).success ? await readRelease(ctx, assignment) : null;
  const file = release?.artifacts.find((candidate) => candidate.sha256 === sha256);
  if (file !== undefined) return { sizeBytes: file.sizeBytes };
  const shown = sha256.slice(0, 64);
  const message = `It asked for the artifact ${shown.slice(0, 12)}…, which is not assigned to it.`;
  await recordSecurityEvent(ctx, device, { code: "NOT_ASSIGNED", message, target: shown });
  throw new FlotillaError("NOT_ASSIGNED", `No file ${shown} is assigned to this device. Ask for GET /device/v1/assignment first.`);
}
