import { randomBytes } from "node:crypto";
import { join } from "node:path";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  type PublicKey,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
  X509CrlGenerator,
} from "./x509.ts";
import { loadOrCreateSecret } from "../files/write-secret.ts";
import { importKeyPair, type KeyPair, newKeyPem, SIGNING_ALGORITHM } from "./webcrypto.ts";

const DAY_MS = 86_400_000;
const CA_DAYS = 3652;
/** Certificates are valid from an hour ago: a device's clock may be behind. */
const BACKDATE_MS = 3_600_000;

/** The CA's key and certificate, and the one way to sign a leaf with them. */
export interface Authority {
  certificate: X509Certificate;
  certificatePem: string;
  issue(leaf: LeafRequest): Promise<X509Certificate>;
  revoke(serials: readonly string[]): Promise<string>;
}

export interface LeafRequest {
  commonName: string;
  publicKey: PublicKey | KeyPair["publicKey"];
  days: number;
  extensions: Extension[];
}

export async function loadOrCreateAuthority(directory: string, clock: () => Date): Promise<Authority> {
  const keys = await importKeyPair(await loadOrCreateSecret(join(directory, "ca-key.pem"), newKeyPem));
  const certificatePem = await loadOrCreateSecret(join(directory, "ca.pem"), () => selfSign(keys, clock()));
  const certificate = new X509Certificate(certificatePem);
  return {
    certificate,
    certificatePem,
    issue: (leaf) => issueLeaf(certificate, keys, leaf, clock()),
    revoke: (serials) => signRevocationList(certificate, keys, serials, clock()),
  };
}

async function selfSign(keys: KeyPair, now: Date): Promise<string> {
  // The name carries random characters: two installations must not look like one CA to a TLS library that caches by name.
  const name = [{ CN: [`Flotilla device CA ${randomBytes(4).toString("hex")}`] }];
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name,
    notBefore: new Date(now.getTime() - BACKDATE_MS),
    notAfter: new Date(now.getTime() + CA_DAYS * DAY_MS),
    signingAlgorithm: SIGNING_ALGORITHM,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return `${certificate.toString("pem")}\n`;
}

async function issueLeaf(ca: X509Certificate, keys: KeyPair, leaf: LeafRequest, now: Date): Promise<X509Certificate> {
  const notAfter = Math.min(now.getTime() + leaf.days * DAY_MS, ca.notAfter.getTime());
  return await X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: [{ CN: [leaf.commonName] }],
    issuer: ca.subjectName.toJSON(),
    notBefore: new Date(now.getTime() - BACKDATE_MS),
    notAfter: new Date(notAfter),
    signingAlgorithm: SIGNING_ALGORITHM,
    publicKey: leaf.publicKey,
    signingKey: keys.privateKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      await SubjectKeyIdentifierExtension.create(leaf.publicKey),
      await AuthorityKeyIdentifierExtension.create(keys.publicKey),
      ...leaf.extensions,
    ],
  });
}

/**
 * A revocation list (RFC 5280, 5) as PEM. It is good for as long as the CA: OpenSSL refuses *every* client once a list has ended, so a gateway
 * that is away must not lock a fleet out. The same serials at another time make another list.
 */
async function signRevocationList(ca: X509Certificate, keys: KeyPair, serials: readonly string[], now: Date): Promise<string> {
  const list = await X509CrlGenerator.create({
    issuer: ca.subjectName.toJSON(),
    thisUpdate: new Date(now.getTime() - BACKDATE_MS),
    nextUpdate: ca.notAfter,
    signingAlgorithm: SIGNING_ALGORITHM,
    signingKey: keys.privateKey,
    entries: serials.map((serialNumber) => ({ serialNumber, revocationDate: now })),
    extensions: [await AuthorityKeyIdentifierExtension.create(keys.publicKey)],
  });
  // The library's label is `CRL`; RFC 7468 (6) and OpenSSL say `X509 CRL`.
  return `${list.toString("pem").replaceAll(" CRL-", " X509 CRL-")}\n`;
}

/** 16 random bytes, positive and without a leading zero byte (RFC 5280, 4.1.2.2). */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString("hex");
}
