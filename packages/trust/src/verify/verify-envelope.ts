import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { type Envelope, envelopeSchema, FlotillaError, type TrustedKey } from "@flotilla/contracts";
import { keyIdOf } from "./key-id.ts";
import { preAuthEncoding } from "./pae.ts";

/**
 * Checks a DSSE envelope and returns its payload; nothing of the payload may be used before.
 *
 * `trustedKeys` are the keys pinned at enrolment. One valid signature by any of them suffices. A `keyid` is only a hint (DSSE
 * v1.0.2): a signature is accepted because the pinned key verifies it, and a pinned key whose id does not match its own bytes
 * is ignored.
 *
 * Throws `ENVELOPE_INVALID` (shape, base64 or payload type), `SIGNED_BY_UNKNOWN_KEY` (no signature names a trusted key) or
 * `SIGNATURE_INVALID` (a trusted key is named and the bytes do not match).
 */
export function verifyEnvelope(envelope: unknown, trustedKeys: readonly TrustedKey[], payloadType: string): Uint8Array {
  const parsed = parseEnvelope(envelope);
  if (parsed.payloadType !== payloadType) {
    throw new FlotillaError("ENVELOPE_INVALID", `The envelope holds "${parsed.payloadType.slice(0, 100)}", expected "${payloadType}".`);
  }
  const payload = decodeBase64(parsed.payload, "payload");
  const signed = preAuthEncoding(parsed.payloadType, payload);
  const known = new Map(trustedKeys.map((key) => [key.keyid, key]));
  let named = false;
  for (const { keyid, sig } of parsed.signatures) {
    const key = known.get(keyid);
    if (key === undefined) continue;
    named = true;
    if (verifies(key, signed, sig)) return payload;
  }
  if (named) {
    throw new FlotillaError(
      "SIGNATURE_INVALID",
      "The signature does not match the release's contents: something changed it after signing.",
    );
  }
  const names = parsed.signatures.map((signature) => signature.keyid.slice(0, 12)).join(", ");
  throw new FlotillaError(
    "SIGNED_BY_UNKNOWN_KEY",
    `The release is signed by key ${names}, which is none of the ${trustedKeys.length} keys that this device trusts.`,
  );
}

function parseEnvelope(envelope: unknown): Envelope {
  const result = envelopeSchema.safeParse(envelope);
  if (result.success) return result.data;
  const where = result.error.issues[0]?.path.join(".") ?? "";
  throw new FlotillaError(
    "ENVELOPE_INVALID",
    `The release's envelope is not a DSSE envelope: "${where}" is missing or has the wrong type.`,
  );
}

function verifies(key: TrustedKey, signed: Uint8Array, sig: string): boolean {
  try {
    const publicKey = publicKeyOf(key);
    return publicKey !== null && verify(null, signed, publicKey, decodeBase64(sig, "signature"));
  } catch {
    return false;
  }
}

/** By the pinned key's own object: reading a PEM and proving its id costs more than a verification. */
const publicKeys = new WeakMap<TrustedKey, KeyObject | null>();

/** null for a key that is not Ed25519, or whose id is not that of its bytes. */
function publicKeyOf(key: TrustedKey): KeyObject | null {
  const known = publicKeys.get(key);
  if (known !== undefined) return known;
  const publicKey = createPublicKey(key.publicKeyPem);
  const isSound = publicKey.asymmetricKeyType === "ed25519" && keyIdOf(publicKey) === key.keyid;
  publicKeys.set(key, isSound ? publicKey : null);
  return isSound ? publicKey : null;
}

/** Strict: one encoding per payload, so that a byte changed anywhere in the envelope is noticed. */
function decodeBase64(text: string, what: string): Buffer {
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) throw new FlotillaError("ENVELOPE_INVALID", `The envelope's ${what} is not valid base64.`);
  return bytes;
}
