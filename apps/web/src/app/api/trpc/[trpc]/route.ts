import { appRouter, isCrossSite } from "@flotilla/api";
import type { Actor } from "@flotilla/services";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { answer } from "../../../../server/answer.ts";
import { limitBody } from "../../../../server/limit-body.ts";
import { requestActor } from "../../../../server/request-actor.ts";
import { type WebServices, webServices } from "../../../../server/services.ts";

/** A group of 10,000 chosen devices is about 400 kB. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Every query, mutation and live subscription of the dashboard. */
async function handle(request: Request): Promise<Response> {
  const web = await webServices();
  const actor = await requestActor(web, request);
  // Who is not signed in is refused before a byte of the body is looked at.
  if (actor === null || request.body === null) return serve(web, request, actor);
  return answer(request, async () => serve(web, await limitBody(request, MAX_BYTES), actor));
}

function serve(web: WebServices, request: Request, actor: Actor | null): Promise<Response> {
  return fetchRequestHandler({
    endpoint: "/api/trpc",
    req: request,
    router: appRouter,
    createContext: async () => ({
      services: web.services,
      live: web.live,
      actor,
      isCurrent: async () => isSameActor(actor, await requestActor(web, request)),
      crossSite: isCrossSite(request.headers),
    }),
  });
}

function isSameActor(before: Actor | null, now: Actor | null): boolean {
  return before?.userId === now?.userId && before?.organisationId === now?.organisationId && before?.role === now?.role;
}

export { handle as GET, handle as POST };
