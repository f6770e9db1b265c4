import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { bitString, emptyContext0, integer, objectIdentifier, sequence, set, utf8String } from "./der.ts";
import { fingerprintOf, keyIdOf } from "./key-id.ts";

const OID_COMMON_NAME = "2.5.4.3";
const OID_ECDSA_SHA256 = "1.2.840.10045.4.3.2";

export interface DeviceKeyAndCsr {
  /** PKCS#8; stays on the device, 0600. */
  privateKeyPem: string;
  csrPem: string;
  /** Of the public key: what the server recognises the device by. */
  keySha256: string;
  fingerprint: string;
}

/** A new P-256 key and the PKCS#10 request (RFC 2986) for it. The subject is a placeholder: the CA names the device. */
export function createDeviceKeyAndCsr(): DeviceKeyAndCsr {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  return createCsr(privateKey.export({ type: "pkcs8", format: "pem" }).toString());
}

/** The request for a key that the device has already: for polling while pending, and for renewal. */
export function createCsr(privateKeyPem: string): DeviceKeyAndCsr {
  const privateKey = createPrivateKey(privateKeyPem);
  const publicKey = createPublicKey(privateKey);
  const subject = sequence(set(sequence(objectIdentifier(OID_COMMON_NAME), utf8String("flotilla device"))));
  const info = sequence(integer(0), subject, publicKey.export({ type: "spki", format: "der" }), emptyContext0());
  const signature = sign("sha256", info, { key: privateKey, dsaEncoding: "der" });
  const request = sequence(info, sequence(objectIdentifier(OID_ECDSA_SHA256)), bitString(signature));
  const keySha256 = keyIdOf(publicKey);
  return { privateKeyPem, csrPem: toPem("CERTIFICATE REQUEST", request), keySha256, fingerprint: fingerprintOf(keySha256) };
}

function toPem(label: string, der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
