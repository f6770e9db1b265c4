import type { IncomingMessage } from "node:http";
import { FlotillaError } from "@flotilla/contracts";
import type { z } from "zod";

/** The request's JSON body, validated. Reads at most `maxBytes`. Throws `TOO_LARGE` or `INVALID_INPUT`. */
export async function readJson<T extends z.ZodType>(request: IncomingMessage, schema: T, maxBytes: number): Promise<z.infer<T>> {
  const result = schema.safeParse(parse(await readBody(request, maxBytes)));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new FlotillaError("INVALID_INPUT", `The body does not fit: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "unknown"}.`);
}

async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) throw new FlotillaError("TOO_LARGE", `The body is larger than the ${maxBytes} bytes that this call takes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new FlotillaError("INVALID_INPUT", "The body is not JSON.");
  }
}
