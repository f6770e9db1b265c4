import { FlotillaError } from "@flotilla/contracts";
import { answer } from "../../../../server/answer.ts";
import { requireActor } from "../../../../server/request-actor.ts";

/** Resumable uploads by tus. Begun by `uploads.begin`, which makes the row that these requests are checked against. */
function handle(request: Request): Promise<Response> {
  return answer(request, async (web) => {
    const actor = await requireActor(web, request, "model:write");
    return web.tus.handle(request, actor);
  });
}

/** What has arrived cannot be read back here, and only `uploads.cancel` gives an upload up. */
function refuse(request: Request): Promise<Response> {
  return answer(request, () => Promise.reject(new FlotillaError("NOT_FOUND", "There is nothing to read here.")));
}

export { handle as HEAD, handle as OPTIONS, handle as PATCH, handle as POST, refuse as DELETE, refuse as GET };
