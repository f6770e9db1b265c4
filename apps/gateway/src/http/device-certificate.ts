import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import { FlotillaError } from "@flotilla/contracts";
import type { DeviceCertificateClaim } from "@flotilla/services";

/** A connection shows one certificate; taking it apart costs more than all else of a short answer. */
const claims = new WeakMap<TLSSocket, DeviceCertificateClaim | null>();

/**
 * The client certificate of this TLS session, null where there is none or it names nobody. One that TLS did not accept (another CA, ended)
 * throws `CERTIFICATE_REQUIRED` with its reason.
 */
export function deviceCertificateOf(request: IncomingMessage): DeviceCertificateClaim | null {
  const { socket } = request;
  if (!(socket instanceof TLSSocket)) return null;
  const known = claims.get(socket);
  if (known !== undefined) return known;
  const claim = readClaim(socket);
  claims.set(socket, claim);
  return claim;
}

function readClaim(socket: TLSSocket): DeviceCertificateClaim | null {
  // Typed as always there, and null once the connection is gone.
  const certificate = socket.getPeerCertificate() as ReturnType<TLSSocket["getPeerCertificate"]> | null;
  if (certificate === null || certificate.raw === undefined) return null;
  if (!socket.authorized) {
    const reason = String(socket.authorizationError);
    throw new FlotillaError(
      "CERTIFICATE_REQUIRED",
      `The client certificate is not accepted: ${reason}. Enrol again with the device's key.`,
    );
  }
  const commonName: unknown = certificate.subject.CN;
  if (typeof commonName !== "string") return null;
  return { commonName, serial: certificate.serialNumber.toLowerCase(), validFrom: new Date(certificate.valid_from) };
}
