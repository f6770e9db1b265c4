import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { type DeviceErrorBody, isFlotillaError } from "@flotilla/contracts";
import type { Logger } from "@flotilla/logger";

/** A JSON answer, or one without a body where `body` is undefined. */
export function send(response: ServerResponse, status: number, body?: unknown, headers: OutgoingHttpHeaders = {}): void {
  if (body === undefined) {
    response.writeHead(status, headers).end();
    return;
  }
  sendJson(response, status, JSON.stringify(body), headers);
}

/** As `send`, of what is JSON already. */
export function sendJson(response: ServerResponse, status: number, text: string, headers: OutgoingHttpHeaders = {}): void {
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    ...headers,
  });
  response.end(text);
}

/** The one place that turns an error into an answer: `{code, message, retryAfterSeconds?}`. What is not ours to tell becomes INTERNAL. */
export function sendError(response: ServerResponse, error: unknown, logger: Logger): void {
  if (response.headersSent) {
    // Too late for an answer: the caller must see that it is incomplete.
    response.destroy();
    return;
  }
  if (!isFlotillaError(error) || error.status >= 500) logger.error({ err: error }, "device API call failed");
  const status = isFlotillaError(error) ? error.status : 500;
  const retryAfter = isFlotillaError(error) ? error.details["retryAfterSeconds"] : undefined;
  const body: DeviceErrorBody = isFlotillaError(error)
    ? { code: error.code, message: error.message, ...(typeof retryAfter === "number" ? { retryAfterSeconds: retryAfter } : {}) }
    : { code: "INTERNAL", message: "The server met an error of its own. Try again later.", retryAfterSeconds: 30 };
  // The rest of a refused body is not read: the connection cannot be used again.
  const close = status === 413 ? { connection: "close" } : {};
  send(response, status, body, {
    ...(body.retryAfterSeconds === undefined ? {} : { "retry-after": String(body.retryAfterSeconds) }),
    ...close,
  });
}
