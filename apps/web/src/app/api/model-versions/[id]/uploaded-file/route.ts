import { Readable } from "node:stream";
import { FlotillaError } from "@flotilla/contracts";
import { readUploadedFile } from "@flotilla/services";
import { z } from "zod";
import { answer } from "../../../../../server/answer.ts";
import { requireActor } from "../../../../../server/request-actor.ts";

/** `GET /api/model-versions/<id>/uploaded-file`: the file as somebody uploaded it, to be saved and never shown. */
export function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return answer(request, async (web) => {
    const actor = await requireActor(web, request, "model:read");
    const { id } = await params;
    if (!z.uuid().safeParse(id).success) throw new FlotillaError("NOT_FOUND", "There is no such model version.");
    const { fileName, sizeBytes, open } = await readUploadedFile(web.services, actor, { versionId: id });
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
  });
}
