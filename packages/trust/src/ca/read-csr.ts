import { createPublicKey } from "node:crypto";
import { Pkcs10CertificateRequest, type PublicKey } from "./x509.ts";
import { FlotillaError } from "@flotilla/contracts";
import { fingerprintOf, keyIdOf } from "../verify/key-id.ts";

const MAX_PEM_CHARS = 16_384;

export interface CheckedCsr {
  /** SHA-256 of the key's SPKI, 64 hex digits. */
  keySha256: string;
  fingerprint: string;
  publicKey: PublicKey;
}

/**
 * Reads a PKCS#10 request and checks that its sender holds the key: P-256 and signed by itself. Everything else that it asks
 * for (subject, extensions) is ignored: the CA decides that. Throws `CSR_INVALID`.
 */
export async function readCsr(csrPem: string): Promise<CheckedCsr> {
  const request = parse(csrPem);
  const spki = createPublicKey({ key: Buffer.from(request.publicKey.rawData), type: "spki", format: "der" });
  if (spki.asymmetricKeyType !== "ec" || spki.asymmetricKeyDetails?.namedCurve !== "prime256v1") {
    throw new FlotillaError("CSR_INVALID", `The request's key is ${spki.asymmetricKeyType ?? "unknown"}; a device key is EC P-256.`);
  }
  if (!(await isSelfSigned(request))) {
    throw new FlotillaError("CSR_INVALID", "The certificate request is not signed by its own key.");
  }
  const keySha256 = keyIdOf(spki);
  return { keySha256, fingerprint: fingerprintOf(keySha256), publicKey: request.publicKey };
}

function parse(csrPem: string): Pkcs10CertificateRequest {
  if (csrPem.length > MAX_PEM_CHARS) {
    throw new FlotillaError("CSR_INVALID", `The certificate request has ${csrPem.length} characters; at most ${MAX_PEM_CHARS} are read.`);
  }
  try {
    const request = new Pkcs10CertificateRequest(csrPem);
    createPublicKey({ key: Buffer.from(request.publicKey.rawData), type: "spki", format: "der" });
    return request;
  } catch (cause) {
    throw new FlotillaError("CSR_INVALID", "The certificate request cannot be read: a PKCS#10 request in PEM is expected.", { cause });
  }
}

async function isSelfSigned(request: Pkcs10CertificateRequest): Promise<boolean> {
  try {
    return await request.verify();
  } catch {
    return false;
  }
}
