import { Readable } from "node:stream";
import { FlotillaError } from "@flotilla/contracts";
import { readGraphView } from "@flotilla/services";
import { answer } from "../../../../server/answer.ts";
import { requireActor } from "../../../../server/request-actor.ts";

const NAME = /^([0-9a-f]{64})\.json\.gz$/;

/** `GET /api/graph-views/<sha256>.json.gz`: the picture of a graph, by its digest: it never changes, so a browser may keep it. */
export function GET(request: Request, { params }: { params: Promise<{ file: string }> }): Promise<Response> {
  return answer(request, async (web) => {
    const actor = await requireActor(web, request, "model:read");
    const sha256 = NAME.exec((await params).file)?.[1];
    if (sha256 === undefined) throw new FlotillaError("NOT_FOUND", "There is no such graph.");
    const { sizeBytes, open } = await readGraphView(web.services, actor, { sha256 });
    // Sent as it is stored, and called what it is: with a content encoding instead, the server's own compression packs it a second time.
    return new Response(Readable.toWeb(await open()) as ReadableStream<Uint8Array>, {
      headers: {
        "content-type": "application/gzip",
        "content-length": String(sizeBytes),
        "cache-control": "private, max-age=86400, immutable",
      },
    });
  });
}
