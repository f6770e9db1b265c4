import { getOrganisation, readActor } from "@flotilla/services";
import { headers } from "next/headers";
import { cache } from "react";
import type { SessionData } from "../features/shell/session.tsx";
import { webServices } from "./services.ts";

/** Who looks at the page that is being rendered, asked of the database once a request; null where nobody is signed in or no organisation is left. */
export const currentSession = cache(async (): Promise<SessionData | null> => {
  const { auth, services } = await webServices();
  const session = await auth.readSession(await headers());
  if (session === null) return null;
  const actor = await readActor(services.db, session);
  if (actor === null) return null;
  const organisation = await getOrganisation(services, actor);
  return { user: { id: session.userId, name: session.name, email: session.email }, organisation, role: actor.role };
});
