import { X509Certificate as NodeCertificate, createPrivateKey } from "node:crypto";
import { isIP } from "node:net";
import { join } from "node:path";
import { ExtendedKeyUsage, ExtendedKeyUsageExtension, type Extension, SubjectAlternativeNameExtension } from "./x509.ts";
import { ensureSecretDirectory, readSecret, replaceSecret } from "../files/write-secret.ts";
import type { Authority } from "./authority.ts";
import { importKeyPair, newKeyPem } from "./webcrypto.ts";

const SERVICE_DAYS = 397;
const RENEW_BEFORE_MS = 60 * 86_400_000;

export interface ServiceCertificate {
  certPem: string;
  keyPem: string;
}

export interface ServiceRequest {
  fileName: string;
  commonName: string;
  /** DNS names and IP addresses of a server; empty for a client. */
  names: readonly string[];
}

/**
 * The certificate of one of our own processes, kept in `directory` as one file of key and certificate so that the two always
 * belong together. It is issued again when it ends within 60 days, lacks a name, or comes from another CA.
 */
export async function loadOrIssueService(
  authority: Authority,
  directory: string,
  request: ServiceRequest,
  now: Date,
): Promise<ServiceCertificate> {
  await ensureSecretDirectory(directory);
  const path = join(directory, `${request.fileName}.pem`);
  const existing = split(await readSecret(path));
  if (existing !== null && isUsable(authority, existing, request, now)) return existing;
  const keyPem = newKeyPem();
  const keys = await importKeyPair(keyPem);
  const certificate = await authority.issue({
    commonName: request.commonName,
    publicKey: keys.publicKey,
    days: SERVICE_DAYS,
    extensions: extensionsFor(request.names),
  });
  const certPem = `${certificate.toString("pem")}\n`;
  await replaceSecret(path, `${keyPem}${certPem}`);
  return { certPem, keyPem };
}

function extensionsFor(names: readonly string[]): Extension[] {
  if (names.length === 0) return [new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])];
  return [
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    new SubjectAlternativeNameExtension(names.map((value) => ({ type: isIP(value) === 0 ? ("dns" as const) : ("ip" as const), value }))),
  ];
}

function isUsable(authority: Authority, existing: ServiceCertificate, request: ServiceRequest, now: Date): boolean {
  try {
    const certificate = new NodeCertificate(existing.certPem);
    return (
      certificate.verify(new NodeCertificate(authority.certificatePem).publicKey) &&
      certificate.checkPrivateKey(createPrivateKey(existing.keyPem)) &&
      certificate.validToDate.getTime() - now.getTime() > RENEW_BEFORE_MS &&
      certificate.subject === `CN=${request.commonName}` &&
      request.names.every((name) => (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined)
    );
  } catch {
    return false;
  }
}

function split(content: string | null): ServiceCertificate | null {
  const start = content?.indexOf("-----BEGIN CERTIFICATE-----") ?? -1;
  if (content === null || start < 0) return null;
  return { keyPem: content.slice(0, start), certPem: content.slice(start) };
}
