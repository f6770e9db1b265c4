import { createHash } from "node:crypto";
import { open, rm } from "node:fs/promises";
import { FlotillaError } from "@flotilla/contracts";
import type { BlobInfo, PutOptions } from "./blob-store.ts";

/**
 * Writes a stream to a new file at `path`: counts and hashes while it writes, then fsyncs.
 * On any failure the file is removed before the error goes on.
 */
export async function receiveToFile(path: string, source: AsyncIterable<Uint8Array>, options: PutOptions): Promise<BlobInfo> {
  const file = await open(path, "wx", 0o640);
  let sizeBytes = 0;
  const hash = createHash("sha256");
  try {
    for await (const chunk of source) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > options.maxBytes) {
        throw new FlotillaError("TOO_LARGE", `The file has more than ${options.maxBytes} bytes, which is the limit. Send a smaller one.`);
      }
      hash.update(chunk);
      await file.writeFile(chunk);
    }
    const sha256 = hash.digest("hex");
    if (options.expectedSha256 !== undefined && sha256 !== options.expectedSha256) {
      throw new FlotillaError(
        "HASH_MISMATCH",
        `The bytes that arrived have SHA-256 ${sha256.slice(0, 12)}…, not ${options.expectedSha256.slice(0, 12)}… as announced. Send the file again.`,
      );
    }
    await file.sync();
    await file.close();
    return { sha256, sizeBytes };
  } catch (error) {
    await file.close();
    await rm(path, { force: true });
    throw error;
  }
}
