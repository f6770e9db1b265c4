import { randomUUID } from "node:crypto";
import { FlotillaError, roles } from "@flotilla/contracts";
import { can, type Permission, permissions } from "@flotilla/domain";
import type { Actor } from "@flotilla/services";
import { createTestContext, type TestContext, type TestOrganisation } from "@flotilla/services/testing";
import { callTRPCProcedure, TRPCError } from "@trpc/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeError } from "./describe-error.ts";
import { appRouter } from "./root.ts";
import type { ApiContext } from "./trpc.ts";

/** Every procedure of the router by its path, as tRPC itself finds them. */
const paths = Object.keys(appRouter._def.procedures);

interface AnyProcedure {
  _def: { type: "query" | "mutation" | "subscription"; meta?: { permission?: Permission }; inputs: unknown[] };
}
const procedureAt = (path: string) => (appRouter._def.procedures as unknown as Record<string, AnyProcedure>)[path]!._def;

let world: TestContext;
let mine: TestOrganisation;
beforeAll(async () => {
  world = await createTestContext();
  mine = await world.addOrganisation();
});
afterAll(() => world.close());

function context(actor: Actor | null, crossSite = false): ApiContext {
  const live = { subscribe: async function* () {}, stop: async () => undefined };
  return { services: world.ctx, actor, isCurrent: () => Promise.resolve(true), live, crossSite };
}

/** Calls like the HTTP adapter does. Resolves to the error's stable code, or "OK". */
async function call(path: string, ctx: ApiContext, input?: unknown): Promise<string> {
  try {
    await callTRPCProcedure({
      router: appRouter,
      path,
      getRawInput: async () => input,
      ctx,
      type: procedureAt(path).type,
      signal: new AbortController().signal,
      batchIndex: 0,
    });
    return "OK";
  } catch (error) {
    if (error instanceof TRPCError) return describeError(error).data.code;
    throw error;
  }
}

test.each(paths)("%s declares a permission that exists", (path) => {
  expect(permissions).toContain(procedureAt(path).meta?.permission);
});

test("a query needs a permission to read and a mutation one to write", () => {
  for (const path of paths) {
    const { type, meta } = procedureAt(path);
    expect([path, meta?.permission?.match(type === "mutation" ? /:(write|approve)$/ : /:read$/) !== null]).toEqual([path, true]);
  }
});

test.each(paths)("%s: nobody is refused, each role by its permissions, before the input is looked at", async (path) => {
  expect(await call(path, context(null))).toBe("UNAUTHENTICATED");
  const { meta } = procedureAt(path);
  for (const role of roles) {
    const answer = await call(path, context(mine.actor[role]));
    expect([role, answer === "FORBIDDEN"]).toEqual([role, !can(role, meta!.permission!)]);
  }
});

test.each(paths.filter((path) => procedureAt(path).type === "mutation"))("%s is refused when another site's page asks", async (path) => {
  expect(await call(path, context(mine.actor.owner, true))).toBe("FORBIDDEN");
});

describe("errors on the wire", () => {
  test("a known one keeps its code, its status and its sentence", async () => {
    expect(await call("models.get", context(mine.actor.owner), { id: randomUUID() })).toBe("NOT_FOUND");
    const cause = new FlotillaError("TOO_LARGE", "3 GB are too much; 2 GB are taken.", { details: { limitBytes: 2 } });
    const described = describeError(new TRPCError({ code: "PAYLOAD_TOO_LARGE", cause, message: cause.message }));
    expect(described).toEqual({
      message: cause.message,
      data: { code: "TOO_LARGE", httpStatus: 413, details: { limitBytes: 2 }, issues: [] },
    });
  });

  test("an input that is not valid says where", async () => {
    expect(await call("models.get", context(mine.actor.owner), { id: "x" })).toBe("INVALID_INPUT");
  });

  test("an unforeseen one says nothing of its cause", () => {
    const described = describeError(new TRPCError({ code: "INTERNAL_SERVER_ERROR", cause: new Error("password=secret in /srv/x") }));
    expect(described.data.code).toBe("INTERNAL");
    expect(JSON.stringify(described)).not.toContain("secret");
  });
});
