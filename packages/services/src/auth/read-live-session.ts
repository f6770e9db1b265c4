import { createHmac, timingSafeEqual } from "node:crypto";
import type { Db } from "@flotilla/db";
import type { Actor } from "../context.ts";
import type { AuthSession } from "./create-auth.ts";
import { type Membership, MEMBERSHIP_SQL, toActor } from "./read-actor.ts";

export interface SessionCookie {
  readonly name: string;
  /** Signs the cookie's token: HMAC-SHA256 in base64 behind the last dot, as better-call's `signCookieValue` does it. */
  readonly secret: string;
}

/** A session row at least this far from its end needs nothing of the auth library: it prolongs one a day after it last did. */
export interface SessionAges {
  readonly expiresInMs: number;
  readonly updateAgeMs: number;
}

const LIVE_SQL = `FROM "session" s JOIN "user" u ON u."id" = s."userId"`;
const IS_LIVE_SQL = `s."token" = $1 AND s."expiresAt" > $2`;
const SESSION_SQL = `SELECT s."userId", u."name", u."email", s."activeOrganizationId" AS "activeOrganisationId" ${LIVE_SQL} WHERE ${IS_LIVE_SQL}`;
const ACTOR_SQL = `SELECT s."userId", u."name", m.* ${LIVE_SQL}
LEFT JOIN LATERAL (${MEMBERSHIP_SQL(`s."userId"`, `s."activeOrganizationId"`)}) m ON true WHERE ${IS_LIVE_SQL}`;

/** What finds a living session. */
export interface LiveSessions {
  readonly db: Pick<Db, "query">;
  readonly cookie: SessionCookie;
  readonly ages: SessionAges;
}

/**
 * The session that the cookies carry, by one statement: without the library's way through the ORM. Only ever says yes, to a token with our signature
 * whose row lives and is not due to be prolonged; null means that the library decides.
 */
export async function readLiveSession(sessions: LiveSessions, headers: Headers, now: Date): Promise<AuthSession | null> {
  return await readLive<AuthSession>(sessions, { sql: SESSION_SQL, name: "live-session" }, headers, now);
}

/** As `readLiveSession`, and who that is as a member in the same statement: what every request asks. `actor` is null for who belongs to no organisation. */
export async function readLiveActor(sessions: LiveSessions, headers: Headers, now: Date): Promise<{ actor: Actor | null } | null> {
  const row = await readLive<LiveActor>(sessions, { sql: ACTOR_SQL, name: "live-actor" }, headers, now);
  if (row === null) return null;
  const { organisationId, role } = row;
  return { actor: organisationId === null || role === null ? null : toActor(row, { organisationId, role }) };
}

type LiveActor = Pick<AuthSession, "userId" | "name"> & { [Column in keyof Membership]: Membership[Column] | null };

async function readLive<T extends object>(
  { db, cookie, ages }: LiveSessions,
  statement: { sql: string; name: string },
  headers: Headers,
  now: Date,
): Promise<T | null> {
  const token = readToken(cookie, headers.get("cookie") ?? "");
  if (token === null) return null;
  const fresh = new Date(now.getTime() + ages.expiresInMs - ages.updateAgeMs);
  const [row] = await db.query<T>(statement.sql, [token, fresh], statement.name);
  return row ?? null;
}

function readToken({ name, secret }: SessionCookie, header: string): string | null {
  const found = header
    .split(";")
    .map((part) => part.trim())
    .filter((part) => part.startsWith(`${name}=`));
  const [only] = found;
  // Two of one name: which one counts is the library's to say.
  if (only === undefined || found.length > 1) return null;
  const value = decode(only.slice(name.length + 1));
  const dot = value.lastIndexOf(".");
  if (dot < 1) return null;
  const token = value.slice(0, dot);
  const signature = Buffer.from(value.slice(dot + 1), "base64");
  const expected = createHmac("sha256", secret).update(token).digest();
  return signature.length === expected.length && timingSafeEqual(signature, expected) ? token : null;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
