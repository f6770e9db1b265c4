import { FlotillaError } from "@flotilla/contracts";
import { readVariantFile } from "@flotilla/services";
import { z } from "zod";
import { answer } from "../../../../../server/answer.ts";
import { requireActor } from "../../../../../server/request-actor.ts";
import { saveFile } from "../../../../../server/save-file.ts";

/** `GET /api/variants/<id>/file`: the variant's file, with the ending of its format. */
export function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return answer(request, async (web) => {
    const actor = await requireActor(web, request, "model:read");
    const { id } = await params;
    if (!z.uuid().safeParse(id).success) throw new FlotillaError("NOT_FOUND", "There is no such variant.");
    return saveFile(await readVariantFile(web.services, actor, { variantId: id }));
  });
}
