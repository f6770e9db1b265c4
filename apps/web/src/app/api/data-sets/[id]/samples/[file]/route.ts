import { FlotillaError } from "@flotilla/contracts";
import { readSample } from "@flotilla/services";
import { z } from "zod";
import { answer } from "../../../../../../server/answer.ts";
import { requireActor } from "../../../../../../server/request-actor.ts";

const NAME = /^(\d{1,9})\.png$/;

/** `GET /api/data-sets/<id>/samples/<n>.png`: one sample as a picture. A data set never changes, so a browser may keep it. */
export function GET(request: Request, { params }: { params: Promise<{ id: string; file: string }> }): Promise<Response> {
  return answer(request, async (web) => {
    const actor = await requireActor(web, request, "data-set:read");
    const { id, file } = await params;
    const index = NAME.exec(file)?.[1];
    if (index === undefined || !z.uuid().safeParse(id).success) throw new FlotillaError("NOT_FOUND", "There is no such sample.");
    const picture = await readSample(web.services, actor, { dataSetId: id, index: Number(index) });
    return new Response(new Uint8Array(picture.bytes), {
      headers: {
        "content-type": picture.contentType,
        "content-length": String(picture.bytes.length),
        "cache-control": "private, max-age=86400, immutable",
        // The bytes come from outside: a browser must not take them for anything but a picture.
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox",
      },
    });
  });
}
