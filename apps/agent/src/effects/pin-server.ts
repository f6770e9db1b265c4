import { FlotillaError } from "@flotilla/contracts";
import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { connect, type DetailedPeerCertificate } from "node:tls";

const CONNECT_MS = 15_000;

export type PinOptions = { server: string; ca?: string | undefined; caFingerprint?: string | undefined };

/**
 * The CA that the server must prove itself by, decided before anything secret is sent. Trust on first use is not offered: either
 * the CA's file is given, or the SHA-256 of the CA certificate, which the server prints in the enrolment command.
 *
 * @returns the CA certificate as PEM
 */
export async function pinServer(options: PinOptions): Promise<string> {
  if (options.ca !== undefined) return await readCa(options.ca);
  if (options.caFingerprint !== undefined) return await caByFingerprint(options.server, options.caFingerprint);
  throw new FlotillaError(
    "INVALID_INPUT",
    "The server is not known yet. Pass --ca FILE with its CA certificate, or --ca-fingerprint with the fingerprint out of the command that the dashboard shows for an enrolment token.",
  );
}

async function readCa(path: string): Promise<string> {
  const pem = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new FlotillaError("INVALID_INPUT", `--ca ${path} cannot be read.`, { cause });
  });
  try {
    return new X509Certificate(pem).toString();
  } catch (cause) {
    throw new FlotillaError("INVALID_INPUT", `--ca ${path} holds no PEM certificate.`, { cause });
  }
}

/** Takes the chain that the server shows and accepts the one certificate whose digest was given. Nothing is sent on this connection. */
async function caByFingerprint(server: string, wanted: string): Promise<string> {
  const chain = await peerChain(new URL(server));
  const found = chain.find((certificate) => fingerprint(certificate) === wanted && certificate.ca);
  if (found !== undefined) return found.toString();
  const seen = chain.map((certificate) => fingerprint(certificate).slice(0, 16)).join(", ");
  throw new FlotillaError(
    "CERTIFICATE_REQUIRED",
    `The server at ${server} is not the one that the fingerprint ${wanted.slice(0, 16)}… names: it shows ${chain.length} certificate${chain.length === 1 ? "" : "s"} (${seen}). Check the address and the fingerprint; the server must send its CA along.`,
  );
}

function fingerprint(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(":", "").toLowerCase();
}

async function peerChain(url: URL): Promise<X509Certificate[]> {
  const { promise, resolve, reject } = Promise.withResolvers<X509Certificate[]>();
  const host = url.hostname.replace(/^\[|\]$/g, "");
  // Not verified here on purpose: the digest of the CA is what is verified, and the next connection is checked against that CA.
  const socket = connect({
    host,
    port: Number(url.port || 443),
    rejectUnauthorized: false,
    ...(/^[\d.:]+$/.test(host) ? {} : { servername: host }),
  });
  socket.setTimeout(CONNECT_MS, () => socket.destroy(new Error(`no answer within ${CONNECT_MS / 1000} s`)));
  socket.once("secureConnect", () => {
    const chain: X509Certificate[] = [];
    let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
    while (next?.raw !== undefined && !chain.some((known) => known.raw.equals(next?.raw ?? Buffer.alloc(0)))) {
      chain.push(new X509Certificate(next.raw));
      next = next.issuerCertificate;
    }
    socket.end();
    resolve(chain);
  });
  socket.once("error", (cause) =>
    reject(new FlotillaError("INTERNAL", `The server at ${url.host} cannot be reached: ${cause.message}.`, { cause })),
  );
  return await promise;
}
