import { initTRPC, TRPCError } from "@trpc/server";
import { FlotillaError } from "@flotilla/contracts";
import { can, type Permission } from "@flotilla/domain";
import type { Actor, ServiceContext } from "@flotilla/services";
import superjson from "superjson";
import type { LiveHub } from "./live/create-live-hub.ts";
import { describeError, trpcCodeFor } from "./describe-error.ts";

/** What a procedure gets, made by the transport for each request. */
export interface ApiContext {
  services: ServiceContext;
  /** Who asks; null where nobody is signed in, or somebody who belongs to no organisation. */
  actor: Actor | null;
  /** Whether the one who asked is still signed in, a member, and in the same role: for answers that go on. */
  isCurrent(): Promise<boolean>;
  live: LiveHub;
  /** True for a request that a page of another site made: it may not change anything. */
  crossSite: boolean;
}

/** Every procedure says what it takes; a test walks the router and fails on one that does not. */
export interface ProcedureMeta {
  permission: Permission;
}

const t = initTRPC
  .context<ApiContext>()
  .meta<ProcedureMeta>()
  .create({
    transformer: superjson,
    sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 40_000 } },
    errorFormatter({ shape, error }) {
      const described = describeError(error);
      // Not `shape.data` itself: in development it carries a stack.
      return { ...shape, message: described.message, data: { ...described.data, path: shape.data.path ?? null } };
    },
  });

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** Gives FlotillaErrors the transport's status; logs what nobody foresaw. */
const mapErrors = t.middleware(async ({ ctx, next, path }) => {
  const result = await next();
  if (result.ok) return result;
  const cause = result.error.cause;
  if (cause instanceof FlotillaError) {
    return { ...result, error: new TRPCError({ code: trpcCodeFor(cause.code), message: cause.message, cause }) };
  }
  if (result.error.code === "INTERNAL_SERVER_ERROR") ctx.services.logger.error({ err: cause ?? result.error, path }, "a procedure failed");
  return result;
});

const refuseCrossSite = t.middleware(({ ctx, next, type }) => {
  if (type === "mutation" && ctx.crossSite) {
    throw new FlotillaError("FORBIDDEN", "This change was asked for by a page of another site and was refused.");
  }
  return next();
});

/**
 * The start of every procedure: somebody is signed in, the role holds `permission`, and a change was not asked for by another site's page.
 * Refuses before the input is looked at.
 */
export function procedure(permission: Permission) {
  return t.procedure
    .meta({ permission })
    .use(mapErrors)
    .use(refuseCrossSite)
    .use(({ ctx, next }) => {
      const { actor } = ctx;
      if (actor === null) throw new FlotillaError("UNAUTHENTICATED", "Nobody is signed in: sign in and try again.");
      if (!can(actor.role, permission)) {
        throw new FlotillaError(
          "FORBIDDEN",
          `The role "${actor.role}" may not do this (${permission}); ask an owner of the organisation for another role.`,
        );
      }
      return next({ ctx: { ...ctx, actor } });
    });
}
