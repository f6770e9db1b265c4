import { type Role, roles } from "@flotilla/contracts";
import type { Db } from "@flotilla/db";
import type { Actor } from "../context.ts";
import type { AuthSession } from "./create-auth.ts";

/**
 * The person of a session as a member of the organisation that the session works in, else of the one joined first; null where the person
 * belongs to none (any more). Role and membership are read from the database each time.
 */
export async function readActor(db: Db, session: AuthSession): Promise<Actor | null> {
  const [active] = await db.query<{ organisationId: string; role: string }>(
    `SELECT "organizationId" AS "organisationId", "role" FROM "member" WHERE "userId" = $1
     ORDER BY "organizationId" IS NOT DISTINCT FROM $2 DESC, "createdAt" LIMIT 1`,
    [session.userId, session.activeOrganisationId],
  );
  if (active === undefined || !isRole(active.role)) return null;
  return { userId: session.userId, name: session.name, organisationId: active.organisationId, role: active.role };
}

function isRole(value: string): value is Role {
  return (roles as readonly string[]).includes(value);
}
