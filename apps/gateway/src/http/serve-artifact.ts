import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { FlotillaError } from "@flotilla/contracts";
import { authoriseArtifact, recordArtifactBytes } from "@flotilla/services";
import { parseRange } from "./parse-range.ts";
import type { DeviceCall } from "./routes.ts";
import { send } from "./send.ts";

/**
 * `GET /device/v1/artifacts/<sha256>`: the bytes of a file that is assigned to the device, or a range of them. The digest is the
 * entity tag. What was sent is counted, also when the device goes away in the middle.
 */
export async function serveArtifact(call: DeviceCall): Promise<void> {
  const { ctx, request, response, device, parameter: sha256 } = call;
  await authoriseArtifact(ctx, device, sha256);
  const stat = await ctx.blob.stat(sha256);
  if (stat === null) throw new FlotillaError("INTERNAL", `The artifact ${sha256} is assigned, but the store does not have it.`);
  const etag = `"${sha256}"`;
  const headers = {
    etag,
    "accept-ranges": "bytes",
    "cache-control": "private, max-age=31536000, immutable",
    "content-type": "application/octet-stream",
  };
  if (request.headers["if-none-match"] === etag) return send(response, 304, undefined, headers);
  // RFC 9110, 13.1.5: with an If-Range that does not match, the range is ignored.
  const ifRange = request.headers["if-range"];
  const range = parseRange(ifRange === undefined || ifRange === etag ? request.headers.range : undefined, stat.sizeBytes);
  if (range.kind === "unsatisfiable") {
    return send(response, 416, undefined, { ...headers, "content-range": `bytes */${stat.sizeBytes}`, "content-length": 0 });
  }
  const { start, end } = range.kind === "part" ? range : { start: 0, end: stat.sizeBytes - 1 };
  response.writeHead(range.kind === "part" ? 206 : 200, {
    ...headers,
    "content-length": end - start + 1,
    ...(range.kind === "part" ? { "content-range": `bytes ${start}-${end}/${stat.sizeBytes}` } : {}),
  });
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  await stream(call, await ctx.blob.open(sha256, { start, end }));
}

async function stream({ ctx, response, device, parameter: sha256 }: DeviceCall, source: Readable): Promise<void> {
  let bytes = 0;
  const count = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  try {
    await pipeline(source, count, response);
  } catch (error) {
    // A device may go away whenever it likes; it comes back for the rest.
    ctx.logger.debug({ deviceId: device.deviceId, sha256, bytes, err: error }, "artifact was not sent to its end");
  } finally {
    await recordArtifactBytes(ctx, device, sha256, bytes);
  }
}
