import { appRouter, isCrossSite } from "@flotilla/api";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { requestActor } from "../../../../server/request-actor.ts";
import { webServices } from "../../../../server/services.ts";

/** Every query, mutation and live subscription of the dashboard. */
async function handle(request: Request): Promise<Response> {
  const web = await webServices();
  return fetchRequestHandler({
    endpoint: "/api/trpc",
    req: request,
    router: appRouter,
    createContext: async () => ({
      services: web.services,
      live: web.live,
      actor: await requestActor(web, request),
      crossSite: isCrossSite(request.headers),
    }),
  });
}

export { handle as GET, handle as POST };
