import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { FlotillaError } from "@flotilla/contracts";
import { authoriseArtifact, recordArtifactBytes } from "@flotilla/services";
import { HotBlobs } from "./hot-blobs.ts";
import { parseRange } from "./parse-range.ts";
import type { DeviceCall } from "./routes.ts";
import { send } from "./send.ts";

const hotBlobs = new HotBlobs();

/**
 * `GET /device/v1/artifacts/<sha256>`: the bytes of a file that is assigned to the device, or a range of them. The digest is the
 * entity tag. What was sent is counted, also when the device goes away in the middle.
 */
export async function serveArtifact(call: DeviceCall): Promise<void> {
  const { ctx, request, response, device, parameter: sha256 } = call;
  await authoriseArtifact(ctx, device, sha256);
  const blob = await hotBlobs.find(ctx.blob, sha256);
  if (blob === null) throw new FlotillaError("INTERNAL", `The artifact ${sha256} is assigned, but the store does not have it.`);
  const { sizeBytes } = blob;
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
  const range = parseRange(ifRange === undefined || ifRange === etag ? request.headers.range : undefined, sizeBytes);
  if (range.kind === "unsatisfiable") {
    return send(response, 416, undefined, { ...headers, "content-range": `bytes */${sizeBytes}`, "content-length": 0 });
  }
  const { start, end } = range.kind === "part" ? range : { start: 0, end: sizeBytes - 1 };
  response.writeHead(range.kind === "part" ? 206 : 200, {
    ...headers,
    "content-length": end - start + 1,
    ...(range.kind === "part" ? { "content-range": `bytes ${start}-${end}/${sizeBytes}` } : {}),
  });
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  await stream(call, await blob.open(start, end));
}

async function stream({ ctx, response, device, parameter: sha256 }: DeviceCall, source: Readable): Promise<void> {
  let bytes = 0;
  source.on("data", (chunk: Buffer) => (bytes += chunk.length));
  try {
    await pipeline(source, response);
  } catch (error) {
    // A device may go away whenever it likes; it comes back for the rest.
    ctx.logger.debug({ deviceId: device.deviceId, sha256, bytes, err: error }, "artifact was not sent to its end");
  } finally {
    await recordArtifactBytes(ctx, device, sha256, bytes);
  }
}
