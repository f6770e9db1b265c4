import type { X509CertificateCreateSelfSignedParams } from "./x509.ts";
import { createPrivateKey, createPublicKey, generateKeyPairSync, webcrypto } from "node:crypto";

/** Every key of the CA and of its leaves: P-256 with SHA-256. */
export const SIGNING_ALGORITHM = { name: "ECDSA", hash: "SHA-256" } as const;
const KEY_ALGORITHM = { name: "ECDSA", namedCurve: "P-256" } as const;

/**
 * A pair as the X.509 library names it. Node and the browser declare the same key under two types; which one the library means depends on the
 * program that imports us.
 */
export type KeyPair = X509CertificateCreateSelfSignedParams["keys"];

/** A new P-256 private key as PKCS#8 PEM. */
export function newKeyPem(): string {
  return generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/** WebCrypto's view of a P-256 private key in PEM. */
export async function importKeyPair(pem: string): Promise<KeyPair> {
  const privateKey = createPrivateKey(pem);
  const pkcs8 = privateKey.export({ type: "pkcs8", format: "der" });
  const spki = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  const keys = {
    privateKey: await webcrypto.subtle.importKey("pkcs8", pkcs8, KEY_ALGORITHM, false, ["sign"]),
    publicKey: await webcrypto.subtle.importKey("spki", spki, KEY_ALGORITHM, true, ["verify"]),
  };
  return keys as unknown as KeyPair;
}
