import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

export interface S3TestServer {
  url: string;
  /** Objects that it holds. */
  count: () => Promise<number>;
  clear: () => Promise<void>;
  stop: () => Promise<void>;
}

/**
 * Speaks as much S3 as the blob store uses, so that `npm test` needs no S3 server; `.ci/run` runs the same tests against a real one. Path-style PUT (checks the announced SHA-256), GET with
 * Range, HEAD, DELETE.
 */
export async function startS3TestServer(): Promise<S3TestServer> {
  const objects = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    void answer(objects, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    count: async () => await Promise.resolve(objects.size),
    clear: async () => {
      objects.clear();
      await Promise.resolve();
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function answer(objects: Map<string, Buffer>, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const key = new URL(request.url ?? "/", "http://localhost").pathname;
  if (request.method === "PUT") return put(objects, key, request, response);
  if (request.method === "DELETE") {
    objects.delete(key);
    response.writeHead(204).end();
    return;
  }
  const object = objects.get(key);
  if (object === undefined) return fail(response, 404, "NoSuchKey");
  if (request.method === "HEAD") response.writeHead(200, { "content-length": object.length }).end();
  else get(object, request.headers.range, response);
}

async function put(objects: Map<string, Buffer>, key: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await buffer(request);
  const announced = request.headers["x-amz-checksum-sha256"];
  if (announced !== createHash("sha256").update(body).digest("base64")) return fail(response, 400, "BadDigest");
  objects.set(key, body);
  response.writeHead(200, { etag: '"x"' }).end();
}

function get(object: Buffer, range: string | undefined, response: ServerResponse): void {
  const match = /^bytes=(\d+)-(\d*)$/.exec(range ?? "");
  if (match === null) {
    response.writeHead(200, { "content-length": object.length }).end(object);
    return;
  }
  const start = Number(match[1]);
  if (start >= object.length) return fail(response, 416, "InvalidRange");
  const part = object.subarray(start, match[2] === "" ? undefined : Number(match[2]) + 1);
  response.writeHead(206, { "content-length": part.length }).end(part);
}

function fail(response: ServerResponse, status: number, code: string): void {
  response
    .writeHead(status, { "content-type": "application/xml" })
    .end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}
