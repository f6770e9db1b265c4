import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";

/**
 * SHA-256 of the installation's CA certificate, 64 hex digits: what a new device recognises the gateway by. `file` is the certificate (PEM). Throws while the gateway, which makes both at its first start, has not made them yet.
 */
export async function readCaFingerprint(file: string): Promise<string> {
  const pem = await readFile(file);
  return new X509Certificate(pem).fingerprint256.replaceAll(":", "").toLowerCase();
}
