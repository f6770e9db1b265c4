import { FlotillaError, RELEASE_PAYLOAD_TYPE, type ReleaseManifest, releaseManifestSchema, type TrustedKey } from "@flotilla/contracts";
import { verifyEnvelope } from "./verify-envelope.ts";

/** The manifest inside a release's envelope, once its signature holds. Throws what `verifyEnvelope` throws, or `ENVELOPE_INVALID`. */
export function readReleaseManifest(envelope: unknown, trustedKeys: readonly TrustedKey[]): ReleaseManifest {
  const payload = verifyEnvelope(envelope, trustedKeys, RELEASE_PAYLOAD_TYPE);
  const result = releaseManifestSchema.safeParse(parseJson(payload));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new FlotillaError(
    "ENVELOPE_INVALID",
    `The release's manifest does not fit this agent: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "unknown"}. A newer agent may be needed.`,
  );
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function parseJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(payload));
  } catch (cause) {
    throw new FlotillaError("ENVELOPE_INVALID", "The release's manifest is not JSON.", { cause });
  }
}
