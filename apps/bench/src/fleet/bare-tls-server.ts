import { constants } from "node:crypto";
import type { AddressInfo } from "node:net";
import { createServer, type TLSSocket } from "node:tls";

// What Node's own TLS costs, as the floor of artifacts: whatever is asked for, the same bytes from memory, with the settings and the parts of our gateway and without HTTP,
// rules or a database. Takes `BareTlsSetup` by message and answers with its port.

/** PEM, and the bytes in base64. */
export interface BareTlsSetup {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  readonly bytes: string;
}

/** The cheapest of 16 kB to 1 MB on this kind of machine, by a few per cent. */
const PART_BYTES = 256 * 1024;
const REQUEST_END = "\r\n\r\n";

process.once("message", ({ bytes, ...credentials }: BareTlsSetup) => {
  const body = Buffer.from(bytes, "base64");
  const server = createServer(
    {
      ...credentials,
      requestCert: true,
      rejectUnauthorized: true,
      secureOptions: constants.SSL_OP_NO_TICKET,
      ciphers: "TLS_AES_128_GCM_SHA256",
      noDelay: true,
    },
    (socket) => answer(socket, body),
  );
  server.listen({ host: "127.0.0.1", port: 0 }, () => process.send?.((server.address() as AddressInfo).port));
});
process.on("disconnect", () => process.exit(0));

function answer(socket: TLSSocket, body: Buffer): void {
  socket.on("error", () => socket.destroy());
  socket.on("data", (request: Buffer) => {
    if (!request.includes(REQUEST_END)) throw new Error("a request came in parts");
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`);
    writeFrom(socket, body, 0);
  });
}

function writeFrom(socket: TLSSocket, body: Buffer, from: number): void {
  for (let at = from; at < body.length; at += PART_BYTES) {
    if (socket.write(body.subarray(at, at + PART_BYTES))) continue;
    socket.once("drain", () => writeFrom(socket, body, at + PART_BYTES));
    return;
  }
}
