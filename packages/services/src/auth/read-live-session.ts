import { createHmac, timingSafeEqual } from "node:crypto";
import type { Db } from "@flotilla/db";
import type { AuthSession } from "./create-auth.ts";

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

const SESSION_SQL = `
SELECT s."userId", u."name", u."email", s."activeOrganizationId" AS "activeOrganisationId"
FROM "session" s JOIN "user" u ON u."id" = s."userId" WHERE s."token" = $1 AND s."expiresAt" > $2`;

/**
 * The session that the cookies carry, by one statement: what every request asks, without the library's way through the ORM. Only ever
 * says yes, to a token with our signature whose row lives and is not due to be prolonged; null means that the library decides.
 */
export async function readLiveSession(
  db: Pick<Db, "query">,
  cookie: SessionCookie,
  ages: SessionAges,
  headers: Headers,
  now: Date,
): Promise<AuthSession | null> {
  const token = readToken(cookie, headers.get("cookie") ?? "");
  if (token === null) return null;
  const fresh = new Date(now.getTime() + ages.expiresInMs - ages.updateAgeMs);
  const [row] = await db.query<AuthSession>(SESSION_SQL, [token, fresh]);
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
