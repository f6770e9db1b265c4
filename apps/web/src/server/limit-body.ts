import { FlotillaError } from "@flotilla/contracts";

/**
 * The same request with a body of at most `maxBytes`, read at once. Next hands a handler whatever comes, and one that is sent in pieces announces
 * no length: without this, anybody could fill the memory. Throws TOO_LARGE; what is beyond is not read.
 */
export async function limitBody(request: Request, maxBytes: number): Promise<Request> {
  if (request.body === null) return request;
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (announced > maxBytes) throw tooLarge(maxBytes);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let sizeBytes = 0;
  const reader = request.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    sizeBytes += part.value.byteLength;
    if (sizeBytes > maxBytes) {
      await reader.cancel();
      throw tooLarge(maxBytes);
    }
    chunks.push(part.value);
  }
  const { method, headers, signal } = request;
  return new Request(request.url, { method, headers, signal, body: new Blob(chunks) });
}

function tooLarge(maxBytes: number): FlotillaError {
  return new FlotillaError("TOO_LARGE", `The request has more than ${maxBytes} bytes, which is the limit.`);
}
