import type { Assignment, Report, StateReport } from "@flotilla/contracts";
import { enrolRequestSchema, reportsRequestSchema } from "@flotilla/contracts";
import { type Ca, loadOrCreateCa, readCsr } from "@flotilla/trust/ca";
import { loadOrCreateSigner, type Signer } from "@flotilla/trust/sign";
import { randomUUID, X509Certificate } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { TLSSocket } from "node:tls";

export type ArtifactFault = "flip" | "ignore-range" | "wrong-range" | "short" | "long" | "missing" | "stall";

/**
 * A small device API over real TLS, with the real CA and signer: what the agent's tests talk to. It counts every byte of an artifact
 * that it hands to a socket.
 */
export class DeviceServer {
  ca: Ca;
  readonly signer: Signer;
  readonly #directory: string;
  #server: Server | null = null;
  url = "";
  token = "let-me-in";
  /** true: enrolment without a token stays pending. */
  accepting = true;
  certificateDays = 90;
  brokerUrl: string | null = null;
  assignment: Assignment | null = null;
  readonly files = new Map<string, Uint8Array>();
  readonly faults = new Map<string, ArtifactFault>();
  bytesPerSecond = Number.POSITIVE_INFINITY;
  readonly sentBytes = new Map<string, number>();
  readonly reports: Report[] = [];
  /** Devices that were taken in, by the SHA-256 of their key: one that asks again is the same device. */
  readonly devices = new Map<string, string>();
  /** What a device hears instead of an answer, by its id. */
  readonly refusals = new Map<string, { status: number; code: string; message: string }>();
  enrolments = 0;
  renewals = 0;
  polls = 0;
  /** While true every request is cut off, as by a dead network. */
  offline = false;

  constructor(directory: string, ca: Ca, signer: Signer) {
    this.#directory = directory;
    this.ca = ca;
    this.signer = signer;
  }

  static async start(directory: string): Promise<DeviceServer> {
    const server = new DeviceServer(directory, await loadOrCreateCa(`${directory}/ca`), await loadOrCreateSigner(`${directory}/signer`));
    await server.#listen();
    return server;
  }

  get caFingerprint(): string {
    return new X509Certificate(this.ca.certificatePem).fingerprint256;
  }

  states(): StateReport[] {
    return this.reports.filter((report) => report.kind === "state");
  }

  totalSent(): number {
    return [...this.sentBytes.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Cuts every connection, as a network that goes away does. */
  cut(): void {
    this.#server?.closeAllConnections();
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  /** Goes on at the same address with a certificate as of another time. */
  async goOnAt(clock: () => Date): Promise<void> {
    const port = Number(new URL(this.url).port);
    await this.stop();
    this.ca = await loadOrCreateCa(`${this.#directory}/ca`, clock);
    await this.#listen(`server-${clock().getTime()}`, port);
  }

  async #listen(name = "server", port = 0): Promise<void> {
    const { certPem, keyPem } = await this.ca.issueServer(["localhost", "127.0.0.1"], `${this.#directory}/${name}`);
    const tls = {
      cert: `${certPem}${this.ca.certificatePem}`,
      key: keyPem,
      ca: this.ca.certificatePem,
      requestCert: true,
      rejectUnauthorized: false,
    };
    const server = createServer(tls, (request, response) => {
      if (this.offline) {
        request.socket.destroy();
        return;
      }
      this.#answer(request, response).catch((error: unknown) => {
        if (!response.headersSent) json(response, 400, { code: "INVALID_INPUT", message: String(error) });
        else response.destroy();
      });
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    this.url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "/";
    if (path === "/device/v1/enrol") return await this.#enrol(request, response);
    const deviceId = deviceOf(request);
    if (deviceId === null) return json(response, 401, { code: "CERTIFICATE_REQUIRED", message: "a device certificate is needed" });
    const refusal = this.refusals.get(deviceId);
    if (refusal !== undefined) return json(response, refusal.status, refusal);
    if (path === "/device/v1/renew") {
      this.renewals += 1;
      this.certificateDays = 90;
      const { csrPem } = (await body(request)) as { csrPem: string };
      return json(response, 200, await this.#enrolled(csrPem, deviceId));
    }
    if (path === "/device/v1/assignment") return this.#assignment(request, response);
    if (path === "/device/v1/reports") {
      const { reports } = reportsRequestSchema.parse(await body(request));
      this.reports.push(...reports);
      return json(response, 200, { accepted: reports.length });
    }
    const sha256 = /^\/device\/v1\/artifacts\/([0-9a-f]{64})$/.exec(path)?.[1];
    if (sha256 !== undefined) return await this.#artifact(sha256, request, response);
    json(response, 404, { code: "NOT_FOUND", message: path });
  }

  async #enrol(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.enrolments += 1;
    const { csrPem, token } = enrolRequestSchema.parse(await body(request));
    if (token !== undefined && token !== this.token)
      return json(response, 401, { code: "TOKEN_INVALID", message: "The token is not known." });
    const { keySha256 } = await readCsr(csrPem);
    const known = this.devices.get(keySha256);
    if (known === undefined && !this.accepting)
      return json(response, 202, { status: "pending", fingerprint: "abc123", retryAfterSeconds: 1 });
    const deviceId = known ?? randomUUID();
    this.devices.set(keySha256, deviceId);
    json(response, 201, await this.#enrolled(csrPem, deviceId));
  }

  async #enrolled(csrPem: string, deviceId: string): Promise<object> {
    const { certificatePem } = await this.ca.issueDevice(csrPem, deviceId, this.certificateDays);
    return {
      status: "enrolled",
      deviceId,
      certificatePem,
      caPem: this.ca.certificatePem,
      brokerUrl: this.brokerUrl,
      trustedKeys: [this.signer.trustedKey],
    };
  }

  #assignment(request: IncomingMessage, response: ServerResponse): void {
    this.polls += 1;
    if (this.assignment === null) {
      response.writeHead(204).end();
      return;
    }
    const etag = `"${this.assignment.seq}"`;
    if (request.headers["if-none-match"] === etag) {
      response.writeHead(304, { etag }).end();
      return;
    }
    json(response, 200, this.assignment, { etag });
  }

  async #artifact(sha256: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fault = this.faults.get(sha256);
    let bytes = this.files.get(sha256);
    if (bytes === undefined || fault === "missing")
      return json(response, 404, { code: "NOT_ASSIGNED", message: "not assigned to this device" });
    if (fault === "flip") {
      bytes = Uint8Array.from(bytes);
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    }
    if (fault === "long") bytes = Buffer.concat([bytes, Buffer.from("more")]);
    const start = fault === "ignore-range" ? 0 : Number(/^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const part = bytes.subarray(start, fault === "short" ? Math.max(start, bytes.length - 100) : undefined);
    if (fault === "stall") {
      response.writeHead(200).write(bytes.subarray(0, 1000));
      return;
    }
    const shown = fault === "wrong-range" ? start + 1 : start;
    const headers = start > 0 ? { "content-range": `bytes ${shown}-${bytes.length - 1}/${bytes.length}` } : {};
    response.writeHead(start > 0 ? 206 : 200, { ...headers, ...(fault === undefined ? { "content-length": part.length } : {}) });
    const chunk = Number.isFinite(this.bytesPerSecond) ? Math.max(1024, Math.floor(this.bytesPerSecond / 50)) : 1 << 20;
    for (let at = 0; at < part.length && !response.destroyed; at += chunk) {
      const piece = part.subarray(at, at + chunk);
      this.sentBytes.set(sha256, (this.sentBytes.get(sha256) ?? 0) + piece.length);
      if (!response.write(piece)) await drained(response);
      if (Number.isFinite(this.bytesPerSecond)) await sleep(20);
    }
    if (fault === "short") response.destroy();
    else response.end();
  }
}

function deviceOf(request: IncomingMessage): string | null {
  const socket = request.socket;
  if (!(socket instanceof TLSSocket) || !socket.authorized) return null;
  const name = socket.getPeerCertificate().subject?.CN;
  return typeof name === "string" ? name : null;
}

function json(response: ServerResponse, status: number, value: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(value));
}

async function body(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}

async function drained(response: ServerResponse): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  response.once("drain", resolve);
  response.once("close", resolve);
  await promise;
  response.off("drain", resolve);
  response.off("close", resolve);
}
