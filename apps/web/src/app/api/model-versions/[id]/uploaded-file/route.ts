import { FlotillaError } from "@flotilla/contracts";
import { readUploadedFile } from "@flotilla/services";
import { z } from "zod";
import { answer } from "../../../../../server/answer.ts";
import { requireActor } from "../../../../../server/request-actor.ts";
import { saveFile } from "../../../../../server/save-file.ts";

/** `GET /api/model-versions/<id>/uploaded-file`: the file as somebody uploaded it, to be saved and never shown. */
export function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return answer(request, async (web) => {
    const actor = await requireActor(web, request, "model:read");
    const { id } = await params;
    if (!z.uuid().safeParse(id).success) throw new FlotillaError("NOT_FOUND", "There is no such model version.");
    return saveFile(await readUploadedFile(web.services, actor, { versionId: id }));
  });
}
