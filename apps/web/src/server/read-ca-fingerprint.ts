import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * SHA-256 of the installation's CA certificate, 64 hex digits: what a new device recognises the gateway by. Reads the certificate only; this process has no
 * business with the key. Throws while the gateway, which makes both at its first start, has not made them yet.
 */
export async function readCaFingerprint(secretsDirectory: string): Promise<string> {
  const pem = await readFile(join(secretsDirectory, "ca.pem"));
  return new X509Certificate(pem).fingerprint256.replaceAll(":", "").toLowerCase();
}
