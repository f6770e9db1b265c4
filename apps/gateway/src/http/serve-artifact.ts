import type { ServerResponse } from "node:http";
import { FlotillaError } from "@flotilla/contracts";
import { authoriseArtifact, recordArtifactBytes } from "@flotilla/services";
import type { OpenBlob } from "./hot-blobs.ts";
import { parseRange } from "./parse-range.ts";
import type { DeviceCall } from "./routes.ts";
import { send } from "./send.ts";

/**
 * `GET /device/v1/artifacts/<sha256>`: the bytes of a file that is assigned to the device, or a range of them. The digest is the
 * entity tag. What was sent is counted, also when the device goes away in the middle.
 */
export async function serveArtifact(call: DeviceCall): Promise<void> {
  const { ctx, blobs, request, response, device, parameter: sha256 } = call;
  await authoriseArtifact(ctx, device, sha256);
  const blob = await blobs.find(sha256);
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
  await sendBlob(call, blob, start, end);
}

async function sendBlob(
  { ctx, response, device, parameter: sha256 }: DeviceCall,
  blob: OpenBlob,
  start: number,
  end: number,
): Promise<void> {
  const write = writerOf(response);
  let bytes = 0;
  try {
    await blob.read(start, end, async (part) => {
      if (response.destroyed) return false;
      bytes += part.length;
      return await write(part);
    });
    response.end();
  } catch (error) {
    ctx.logger.warn({ deviceId: device.deviceId, sha256, bytes, err: error }, "an artifact could not be read to its end");
    // The device must see that it is incomplete.
    response.destroy();
  } finally {
    await recordArtifactBytes(ctx, device, sha256, bytes);
  }
}

/**
 * Writes a part and waits until it has left, so that its memory can be used again; false once nobody is there any more: a device may go away whenever it likes,
 * and comes back for the rest.
 */
function writerOf(response: ServerResponse): (part: Uint8Array) => Promise<boolean> {
  let settle: () => void = () => undefined;
  response.once("close", () => settle());
  return async (part) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    settle = resolve;
    response.write(part, () => resolve());
    await promise;
    return !response.destroyed;
  };
}
