import { constants } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import tls from "node:tls";
import { FlotillaError, isFlotillaError } from "@flotilla/contracts";
import { authenticateDevice, type AuthenticatedDevice, type DevicePlaneContext } from "@flotilla/services";
import type { ReportIntake } from "../mqtt/report-intake.ts";
import { deviceCertificateOf } from "./device-certificate.ts";
import { HotBlobs } from "./hot-blobs.ts";
import { type RateLimit, RateLimiter } from "./rate-limiter.ts";
import { findRoute } from "./routes.ts";
import { send, sendError } from "./send.ts";

export interface GatewayServerOptions {
  ctx: DevicePlaneContext;
  reports: ReportIntake;
  host: string;
  /** 0: any free port. */
  port: number;
  /** PEM: the server's chain with the CA, and its key. */
  cert: string;
  key: string;
  /** What `GET /health` says of the other half. */
  health: () => GatewayHealth;
  /** Calls without a certificate, per address. */
  openLimit?: RateLimit;
}

export interface GatewayHealth {
  /** Whether this gateway leads; the others answer devices over HTTPS all the same. */
  leader: boolean;
  /** Whether it is connected to the broker, which only the leader is. */
  broker: boolean;
}

export interface GatewayServer {
  port: number;
  close(): Promise<void>;
}

/** Enough for a fleet behind one address to enrol, and for pending devices to ask every ten seconds. */
const OPEN_LIMIT: RateLimit = { burst: 200, perSecond: 20 };
const IDLE_MS = 120_000;
/** Longer than an agent keeps an idle connection (60 s): a device that polls, or hears a hint, needs no new handshake. */
const KEEP_ALIVE_MS = 75_000;
/** Of TLS 1.3 the cheapest with hardware AES comes first; 1.2 as Node has it. Devices without AES still choose ChaCha20. */
const CIPHERS = `TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384:${tls.DEFAULT_CIPHERS}`;

/**
 * The device API over TLS 1.2 or newer. A client certificate is asked for and not demanded: enrolment is made without one. Session
 * tickets are off, so that every connection proves its certificate anew.
 */
export async function createGatewayServer(options: GatewayServerOptions): Promise<GatewayServer> {
  const { ctx, host, port, cert, key } = options;
  const kept = { limiter: new RateLimiter(options.openLimit ?? OPEN_LIMIT), blobs: new HotBlobs(ctx.blob) };
  const server = createServer({
    cert,
    key,
    ca: ctx.ca.certificatePem,
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: "TLSv1.2",
    secureOptions: constants.SSL_OP_NO_TICKET,
    ciphers: CIPHERS,
    noDelay: true,
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: 10_000,
    requestTimeout: 60_000,
    handshakeTimeout: 10_000,
  });
  server.setTimeout(IDLE_MS);
  server.on("request", (request, response) => {
    void handle(options, kept, request, response);
  });
  await listen(server, host, port);
  return { port: (server.address() as AddressInfo).port, close: async () => await close(server) };
}

/** What one server knows between calls. */
interface Kept {
  readonly limiter: RateLimiter;
  readonly blobs: HotBlobs;
}

async function handle(options: GatewayServerOptions, kept: Kept, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { ctx } = options;
  try {
    await route(options, kept, request, response);
  } catch (error) {
    sendError(response, error, ctx.logger);
  }
}

async function route(options: GatewayServerOptions, kept: Kept, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { ctx } = options;
  const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
  if (path === "/health") return send(response, 200, { status: "ok", ...options.health() });
  const found = findRoute(request.method ?? "GET", path);
  if (found === null) throw new FlotillaError("NOT_FOUND", `There is no ${request.method} ${path.slice(0, 200)} in the device API.`);
  const call = { ctx, reports: options.reports, blobs: kept.blobs, request, response, parameter: found.parameter };
  if (!found.route.open) return await found.route.handle({ ...call, device: await authenticate(ctx, request, found.route.hidden) });
  limit(kept.limiter, request, ctx.clock());
  await found.route.handle(call);
}

async function authenticate(ctx: DevicePlaneContext, request: IncomingMessage, hidden = false): Promise<AuthenticatedDevice> {
  try {
    return await authenticateDevice(ctx, deviceCertificateOf(request));
  } catch (error) {
    if (!hidden || !isFlotillaError(error) || error.code !== "DEVICE_REVOKED") throw error;
    throw new FlotillaError("NOT_ASSIGNED", "No such file is assigned to this device. Ask for GET /device/v1/assignment.", {
      cause: error,
    });
  }
}

function limit(limiter: RateLimiter, request: IncomingMessage, now: Date): void {
  const retryAfterSeconds = limiter.take(request.socket.remoteAddress ?? "", now.getTime());
  if (retryAfterSeconds === 0) return;
  throw new FlotillaError("RATE_LIMITED", `Too many calls from this address. Try again in ${retryAfterSeconds} s.`, {
    details: { retryAfterSeconds },
  });
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen({ host, port }, resolve);
  await promise;
}

async function close(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeIdleConnections();
  // Downloads may take long; a device resumes them.
  setTimeout(() => server.closeAllConnections(), 2_000).unref();
  await promise;
}
