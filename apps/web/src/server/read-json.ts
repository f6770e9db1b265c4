import { FlotillaError } from "@flotilla/contracts";
import { limitBody } from "./limit-body.ts";

const MAX_BYTES = 64 * 1024;

/** A small JSON body. Throws INVALID_INPUT for what is none, TOO_LARGE beyond 64 KiB. */
export async function readJson(request: Request): Promise<unknown> {
  const limited = await limitBody(request, MAX_BYTES);
  try {
    return await limited.json();
  } catch (cause) {
    throw new FlotillaError("INVALID_INPUT", "The request is not JSON.", { cause });
  }
}
