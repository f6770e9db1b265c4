import { isFlotillaError } from "@flotilla/contracts";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { infer, metadataOf } from "./infer.ts";
import type { LoadedModel } from "./load-model.ts";
import type { Measure } from "./measure.ts";

const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** The Open Inference Protocol v2 over one loaded model. Listens where the caller says. */
export function createHostServer(model: LoadedModel, measure: Measure): Server {
  const server = createServer((request, response) => {
    void answer(model, measure, request, response);
  });
  // The router reuses its connections; this side must never be the first to close an idle one.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  return server;
}

async function answer(model: LoadedModel, measure: Measure, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const [status, body] = await route(model, measure, request);
    send(response, status, body);
  } catch (error) {
    measure.failed();
    const status = isFlotillaError(error) ? error.status : 500;
    send(response, status, { error: error instanceof Error ? error.message : String(error) });
  }
}

async function route(model: LoadedModel, measure: Measure, request: IncomingMessage): Promise<[number, object]> {
  const path = decodeURIComponent((request.url ?? "/").split("?")[0] ?? "/");
  if (path === "/v2") return [200, { name: "flotilla-agent", version: "1", extensions: [] }];
  if (path === "/v2/health/live") return [200, { live: true }];
  if (path === "/v2/health/ready") return [200, { ready: true }];
  const match = /^\/v2\/models\/([^/]+)(?:\/versions\/[^/]+)?(\/ready|\/infer)?$/.exec(path);
  if (match === null) return [404, { error: `there is no ${path} in the Open Inference Protocol v2` }];
  const [, name, action] = match;
  if (name !== model.manifest.modelName) return [404, { error: `this device runs ${model.manifest.modelName}, not ${name}` }];
  if (action === undefined) return [200, metadataOf(model)];
  if (action === "/ready") return [200, { name, ready: true }];
  if (request.method !== "POST") return [405, { error: "infer is a POST" }];
  return [200, await infer(model, measure, await readJson(request))];
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    size += bytes.byteLength;
    if (size > MAX_BODY_BYTES) throw new Error(`a request may have at most ${MAX_BODY_BYTES} bytes`);
    chunks.push(bytes);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    return null;
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}
