import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { join } from "node:path";
import { type Envelope, FlotillaError, type TrustedKey } from "@flotilla/contracts";
import { loadOrCreateSecret, readSecret } from "../files/write-secret.ts";
import { keyIdOf } from "../verify/key-id.ts";
import { preAuthEncoding } from "../verify/pae.ts";

const KEY_FILE = "release-signing-key.pem";

export interface Signer {
  /** SHA-256 of the public key's SPKI, 64 hex digits. */
  readonly keyid: string;
  readonly publicKeyPem: string;
  /** What devices pin at enrolment. */
  readonly trustedKey: TrustedKey;
  /** A DSSE v1.0.2 envelope with one Ed25519 signature. */
  sign(payloadType: string, payload: Uint8Array): Envelope;
}

/** Makes the key that releases are signed with in `directory`. Throws `CONFLICT` where there is one: devices pin it. */
export async function createSigningKey(directory: string): Promise<Signer> {
  if ((await readSecret(join(directory, KEY_FILE))) !== null) {
    throw new FlotillaError(
      "CONFLICT",
      `There is a signing key in ${directory} already. Devices pin it: move it away only to start a new fleet.`,
    );
  }
  return await loadOrCreateSigner(directory);
}

/** The signer whose Ed25519 key lies in `directory`, made on first use (0600 in a 0700 directory). */
export async function loadOrCreateSigner(directory: string): Promise<Signer> {
  const pem = await loadOrCreateSecret(join(directory, KEY_FILE), newKeyPem);
  return signerOf(createPrivateKey(pem));
}

function newKeyPem(): string {
  return generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

function signerOf(privateKey: KeyObject): Signer {
  if (privateKey.asymmetricKeyType !== "ed25519") {
    throw new FlotillaError("INTERNAL", `The signing key is ${privateKey.asymmetricKeyType ?? "unknown"}, expected ed25519.`);
  }
  const publicKey = createPublicKey(privateKey);
  const publicKeyPem = publicKey.export({ type: "spki", format: "pem" }).toString();
  const keyid = keyIdOf(publicKey);
  return {
    keyid,
    publicKeyPem,
    trustedKey: { keyid, algorithm: "ed25519", publicKeyPem },
    sign: (payloadType, payload) => ({
      payloadType,
      payload: Buffer.from(payload).toString("base64"),
      signatures: [{ keyid, sig: sign(null, preAuthEncoding(payloadType, payload), privateKey).toString("base64") }],
    }),
  };
}
