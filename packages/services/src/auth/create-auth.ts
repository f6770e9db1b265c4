import { randomUUID } from "node:crypto";
import type { Db } from "@flotilla/db";
import type { Logger } from "@flotilla/logger";
import { betterAuth } from "better-auth";
import { prismaAdapter } from "better-auth/adapters/prisma";
import { organization } from "better-auth/plugins";
import type { Actor } from "../context.ts";
import { accessControl, accessRoles } from "./access-roles.ts";
import { AUTH_PATHS } from "./auth-paths.ts";
import { createAttemptLimiter } from "./create-attempt-limiter.ts";
import { readActor } from "./read-actor.ts";
import { readLiveActor, readLiveSession } from "./read-live-session.ts";
import { PASSWORD_MAX_LENGTH, PASSWORD_MIN_LENGTH } from "./password.ts";

export interface AuthOptions {
  db: Db;
  /** Signs session cookies; at least 32 random characters, kept over restarts. */
  secret: string;
  logger: Logger;
  /** Where browsers reach the dashboard. With https, session cookies are never sent without it. */
  publicUrl: string;
}

export interface Auth {
  /** Answers `/api/auth/*`. */
  handle(request: Request): Promise<Response>;
  /** Whose session the cookies carry, asked of the database each time; null where nobody is signed in. */
  readSession(headers: Headers): Promise<AuthSession | null>;
  /** The member that the cookies belong to, asked of the database each time; null for nobody, and for who belongs to no organisation. */
  readActor(headers: Headers): Promise<Actor | null>;
}

export interface AuthSession {
  userId: string;
  name: string;
  email: string;
  activeOrganisationId: string | null;
}

const DAY_S = 86_400;
const SESSION_S = { expiresIn: 14 * DAY_S, updateAge: DAY_S };
const SESSION_AGES = { expiresInMs: SESSION_S.expiresIn * 1000, updateAgeMs: SESSION_S.updateAge * 1000 };

/** Sign-in by e-mail and password. Accounts are made by the setup link and by invitations only: nobody can sign up by himself. */
export function createAuth(options: AuthOptions): Auth {
  const auth = createBetterAuth(options);
  const sessions = auth.$context.then((context) => ({
    db: options.db,
    cookie: { name: context.authCookies.sessionToken.name, secret: context.secret },
    ages: SESSION_AGES,
  }));
  const askLibrary = async (headers: Headers): Promise<AuthSession | null> => {
    const found = await auth.api.getSession({ headers });
    if (found === null) return null;
    const { user, session } = found;
    return { userId: user.id, name: user.name, email: user.email, activeOrganisationId: session.activeOrganizationId ?? null };
  };
  const limiter = createAttemptLimiter({ attempts: 20, windowMs: 600_000 });
  return {
    async handle(request) {
      const path = new URL(request.url).pathname.replace(/^\/api\/auth/, "");
      if (!AUTH_PATHS.has(`${request.method} ${path}`))
        return Response.json({ code: "NOT_FOUND", message: "There is no such page." }, { status: 404 });
      if (path !== "/sign-in/email") return auth.handler(request);
      return limiter.guard(await readEmail(request.clone()), () => auth.handler(request));
    },
    async readSession(headers) {
      return (await readLiveSession(await sessions, headers, new Date())) ?? (await askLibrary(headers));
    },
    async readActor(headers) {
      const live = await readLiveActor(await sessions, headers, new Date());
      if (live !== null) return live.actor;
      const session = await askLibrary(headers);
      return session === null ? null : await readActor(options.db, session);
    },
  };
}

function createBetterAuth({ db, secret, logger, publicUrl }: AuthOptions) {
  return betterAuth({
    appName: "Flotilla",
    secret,
    baseURL: publicUrl,
    basePath: "/api/auth",
    database: prismaAdapter(db.prisma, { provider: "postgresql", transaction: true }),
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_MIN_LENGTH,
      maxPasswordLength: PASSWORD_MAX_LENGTH,
    },
    // No cookie cache: a removed member's very next request is refused.
    session: { ...SESSION_S, cookieCache: { enabled: false } },
    rateLimit: { enabled: true, storage: "memory", window: 60, max: 300, customRules: { "/sign-in/email": { window: 60, max: 20 } } },
    trustedOrigins: (request) => (request === undefined ? [] : [ownOrigin(request)]),
    advanced: {
      cookiePrefix: "flotilla",
      useSecureCookies: publicUrl.startsWith("https:"),
      database: { generateId: () => randomUUID() },
      defaultCookieAttributes: { httpOnly: true, sameSite: "lax" },
    },
    plugins: [
      organization({
        ac: accessControl,
        roles: accessRoles,
        creatorRole: "owner",
        allowUserToCreateOrganization: false,
        disableOrganizationDeletion: true,
      }),
    ],
    telemetry: { enabled: false },
    logger: { log: (level, message, ...details) => logger[level]({ details: details.map(String) }, message) },
  });
}

/** The dashboard is reachable under any name of its machine: its own origin is the one that the request was sent to. */
function ownOrigin(request: Request): string {
  const host = request.headers.get("host");
  const origin = request.headers.get("origin");
  if (origin !== null && URL.canParse(origin) && new URL(origin).host === host) return origin;
  return new URL(request.url).origin;
}

async function readEmail(request: Request): Promise<string> {
  const body: unknown = await request.json().catch(() => null);
  return typeof body === "object" && body !== null && "email" in body ? String(body.email).trim().toLowerCase() : "";
}
