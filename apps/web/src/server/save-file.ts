import { Readable } from "node:stream";
import type { UploadedFile } from "@flotilla/services";

/** An answer that a browser saves and never shows. */
export async function saveFile({ fileName, sizeBytes, open }: UploadedFile): Promise<Response> {
  return new Response(Readable.toWeb(await open()) as ReadableStream<Uint8Array>, {
    headers: {
      "content-type": "application/octet-stream",
      "content-length": String(sizeBytes),
      "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(fileName).replaceAll("'", "%27")}`,
      "cache-control": "private, no-cache",
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; sandbox",
    },
  });
}
