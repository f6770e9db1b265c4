import { createHash, createPublicKey, type KeyObject } from "node:crypto";

/** SHA-256 of a public key's SPKI, 64 hex digits: its id as a signer, and what a device's key is recognised by. */
export function keyIdOf(publicKey: KeyObject | string): string {
  const key = typeof publicKey === "string" ? createPublicKey(publicKey) : publicKey;
  return createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("hex");
}

/** Crockford's alphabet: no I, L, O or U, so that it can be read aloud. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const FINGERPRINT_LENGTH = 6;

/** Six characters (30 bits) of a key's id, shown on the device and on the dashboard for a person to compare. */
export function fingerprintOf(keySha256: string): string {
  let bits = Number.parseInt(keySha256.slice(0, 8), 16) >>> 2;
  let text = "";
  for (let index = 0; index < FINGERPRINT_LENGTH; index += 1) {
    text = `${ALPHABET.charAt(bits % 32)}${text}`;
    bits = Math.floor(bits / 32);
  }
  return text;
}
