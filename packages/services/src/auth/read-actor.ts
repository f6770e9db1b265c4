import { type Role, roles } from "@flotilla/contracts";
import type { Db } from "@flotilla/db";
import type { Actor } from "../context.ts";
import type { AuthSession } from "./create-auth.ts";

export interface Membership {
  readonly organisationId: string;
  readonly role: string;
}

/** A person's membership of the organisation that the session works in, else of the one joined first. */
export const MEMBERSHIP_SQL = (userId: string, activeOrganisationId: string): string =>
  `SELECT "organizationId" AS "organisationId", "role" FROM "member" WHERE "userId" = ${userId}
   ORDER BY "organizationId" IS NOT DISTINCT FROM ${activeOrganisationId} DESC, "createdAt" LIMIT 1`;

/** The person of a session as a member; null where the person belongs to no organisation (any more). Role and membership are read from the database each time. */
export async function readActor(db: Db, session: AuthSession): Promise<Actor | null> {
  const [active] = await db.query<Membership>(MEMBERSHIP_SQL("$1", "$2"), [session.userId, session.activeOrganisationId]);
  return active === undefined ? null : toActor(session, active);
}

export function toActor({ userId, name }: Pick<AuthSession, "userId" | "name">, { organisationId, role }: Membership): Actor | null {
  return isRole(role) ? { userId, name, organisationId, role } : null;
}

function isRole(value: string): value is Role {
  return (roles as readonly string[]).includes(value);
}
