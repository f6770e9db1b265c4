import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import { FlotillaError } from "@flotilla/contracts";

/**
 * The CN of the client certificate of this TLS session, null where there is none. One that TLS did not accept (another CA, ended)
 * throws `CERTIFICATE_REQUIRED` with its reason.
 */
export function commonNameOf(request: IncomingMessage): string | null {
  const { socket } = request;
  if (!(socket instanceof TLSSocket)) return null;
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
  const name: unknown = certificate.subject.CN;
  return typeof name === "string" ? name : null;
}
