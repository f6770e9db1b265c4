import { deviceErrorSchema, FlotillaError } from "@flotilla/contracts";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";

/** Control answers are small; a server that sends more is not ours. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;
const IDLE_MS = 30_000;

export type ClientIdentity = { ca: string; cert?: string; key?: string };

export type HttpAnswer = { status: number; headers: IncomingMessage["headers"]; body: unknown };

/** An answer whose body is still to be read. An `IncomingMessage` of Node is one. */
export interface DeviceResponse extends AsyncIterable<unknown> {
  statusCode?: number | undefined;
  headers: IncomingMessage["headers"];
  /** Reads the body to its end and forgets it. */
  resume(): unknown;
  destroy(): unknown;
}

export type RequestOptions = { headers?: Record<string, string>; body?: string; signal?: AbortSignal; idleMs?: number };
export type JsonOptions = { body?: unknown; headers?: Record<string, string>; signal?: AbortSignal };

/** The server's device API, as the rest of the agent sees it. */
export interface DeviceClient {
  readonly server: string;
  open(method: string, path: string, options?: RequestOptions): Promise<DeviceResponse>;
  json(method: "GET" | "POST", path: string, options?: JsonOptions): Promise<HttpAnswer>;
}

/** HTTPS against one server, its CA pinned; with a certificate it is mutual TLS. */
export class HttpsClient implements DeviceClient {
  readonly server: string;
  #agent: Agent;

  constructor(server: string, identity: ClientIdentity) {
    this.server = server;
    this.#agent = agentFor(identity);
  }

  /** Uses another certificate from the next request on. Requests under way end with the old one. */
  renew(identity: ClientIdentity): void {
    const old = this.#agent;
    this.#agent = agentFor(identity);
    setTimeout(() => old.destroy(), 60_000).unref();
  }

  close(): void {
    this.#agent.destroy();
  }

  /**
   * Sends the request and gives the answer once its headers are there; the caller reads or destroys it. Rejects after `idleMs`
   * without a byte.
   */
  async open(method: string, path: string, options: RequestOptions = {}): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    // A redirect to a presigned address carries its own authority: no client certificate, the system's CAs.
    const foreign = path.startsWith("https://") && !path.startsWith(`${this.server}/`);
    const url = path.startsWith("https://") ? path : `${this.server}${path}`;
    const outgoing = request(
      url,
      {
        method,
        ...(foreign ? {} : { agent: this.#agent }),
        headers: options.headers ?? {},
        ...(options.signal ? { signal: options.signal } : {}),
      },
      resolve,
    );
    const idleMs = options.idleMs ?? IDLE_MS;
    outgoing.setTimeout(idleMs, () => outgoing.destroy(new Error(`no byte from the server for ${idleMs / 1000} s`)));
    outgoing.on("error", (error) => reject(explained(error)));
    outgoing.end(options.body);
    return await promise;
  }

  /** A JSON request. Throws the server's own FlotillaError for 4xx and 5xx. */
  async json(method: "GET" | "POST", path: string, options: JsonOptions = {}): Promise<HttpAnswer> {
    const text = options.body === undefined ? undefined : JSON.stringify(options.body);
    const headers = {
      accept: "application/json",
      ...(text === undefined ? {} : { "content-type": "application/json", "content-length": String(Buffer.byteLength(text)) }),
      ...options.headers,
    };
    const response = await this.open(method, path, {
      headers,
      ...(text === undefined ? {} : { body: text }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
    const body = parse(await readText(response));
    const status = response.statusCode ?? 0;
    if (status >= 400) throw errorOf(status, body, path);
    return { status, headers: response.headers, body };
  }
}

/** A certificate that is not valid now tells as much about this device's clock as about the server. */
function explained(error: NodeJS.ErrnoException): Error {
  const said = { CERT_NOT_YET_VALID: "not valid yet", CERT_HAS_EXPIRED: "not valid any more" }[error.code ?? ""];
  if (said === undefined) return error;
  return new FlotillaError(
    "CLOCK_WRONG",
    `The server's certificate is ${said} by this device's clock, which says ${new Date().toISOString()}. Where that is wrong, set the clock; where it is right, renew the server's certificate.`,
    { cause: error },
  );
}

/** Sockets that lie idle are closed before a server would: a reused one that the server just closed is a failed request. */
function agentFor(identity: ClientIdentity): Agent {
  return new Agent({ ...identity, keepAlive: true, maxSockets: 4, timeout: 60_000, minVersion: "TLSv1.2" });
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    const bytes = chunk as Buffer;
    size += bytes.byteLength;
    if (size > MAX_BODY_BYTES) {
      response.destroy();
      throw new FlotillaError("TOO_LARGE", `The server's answer is larger than ${MAX_BODY_BYTES} bytes.`);
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parse(text: string): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function errorOf(status: number, body: unknown, path: string): FlotillaError {
  const parsed = deviceErrorSchema.safeParse(body);
  if (!parsed.success) return new FlotillaError("INTERNAL", `The server answered ${path} with status ${status}.`, { details: { status } });
  const { code, message, retryAfterSeconds } = parsed.data;
  return new FlotillaError(code, message, { details: { status, retryAfterSeconds } });
}
