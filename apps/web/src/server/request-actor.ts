import { FlotillaError } from "@flotilla/contracts";
import { can, type Permission } from "@flotilla/domain";
import type { Actor } from "@flotilla/services";
import type { WebServices } from "./services.ts";

/** The member that a request's cookies belong to; null for nobody. */
export async function requestActor({ auth }: Pick<WebServices, "auth">, request: Request): Promise<Actor | null> {
  return await auth.readActor(request.headers);
}

/** As `requestActor`, for a handler outside tRPC. Throws UNAUTHENTICATED, FORBIDDEN. */
export async function requireActor(web: WebServices, request: Request, permission: Permission): Promise<Actor> {
  const actor = await requestActor(web, request);
  if (actor === null) throw new FlotillaError("UNAUTHENTICATED", "Nobody is signed in: sign in and try again.");
  if (!can(actor.role, permission)) throw new FlotillaError("FORBIDDEN", `The role "${actor.role}" may not do this (${permission}).`);
  return actor;
}
