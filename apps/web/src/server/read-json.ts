import { FlotillaError } from "@flotilla/contracts";

const MAX_BYTES = 64 * 1024;

/** A small JSON body. Throws INVALID_INPUT for what is none, TOO_LARGE beyond 64 KiB. */
export async function readJson(request: Request): Promise<unknown> {
  const length = Number(request.headers.get("content-length") ?? 0);
  if (length > MAX_BYTES) throw new FlotillaError("TOO_LARGE", `The request has ${length} bytes; at most ${MAX_BYTES} are taken.`);
  try {
    return await request.json();
  } catch (cause) {
    throw new FlotillaError("INVALID_INPUT", "The request is not JSON.", { cause });
  }
}
