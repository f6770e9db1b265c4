import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createAuth } from "../auth/create-auth.ts";
import { readActor } from "../auth/read-actor.ts";
import { readLiveSession } from "../auth/read-live-session.ts";
import { createTestContext, type TestContext } from "../testing/index.ts";
import { completeSetup } from "./complete-setup.ts";
import { prepareOrganisation } from "./prepare-organisation.ts";

let world: TestContext;
beforeEach(async () => {
  world = await createTestContext();
});
afterEach(() => world.close());

const person = { name: "Ada", email: "ada@example.com", password: "correct horse battery" };

describe("the first start", () => {
  test("makes one organisation and a link, also when two processes start together; a later start makes the earlier link void", async () => {
    const [first, second] = await Promise.all([prepareOrganisation(world.ctx, { name: "Plant" }), prepareOrganisation(world.ctx)]);
    expect(first.organisationId).toBe(second.organisationId);
    const third = await prepareOrganisation(world.ctx);
    await expect(completeSetup(world.ctx, { ...person, token: first.setupToken ?? "" })).rejects.toMatchObject({ code: "TOKEN_INVALID" });
    await expect(completeSetup(world.ctx, { ...person, token: third.setupToken ?? "" })).resolves.toBeDefined();
  });

  test("the link works once, also for two at the same moment; afterwards no start makes another", async () => {
    const { setupToken, organisationId } = await prepareOrganisation(world.ctx);
    const token = setupToken ?? "";
    const tries = await Promise.allSettled([
      completeSetup(world.ctx, { ...person, token }),
      completeSetup(world.ctx, { ...person, email: "eve@example.com", token }),
    ]);
    expect(tries.map((result) => result.status).toSorted()).toEqual(["fulfilled", "rejected"]);
    await expect(completeSetup(world.ctx, { ...person, token })).rejects.toMatchObject({ code: "SETUP_DONE" });
    expect(await prepareOrganisation(world.ctx)).toEqual({ organisationId, setupToken: null });
    expect(await world.ctx.db.query("SELECT role FROM member")).toEqual([{ role: "owner" }]);
  });

  test("the token is not in the database", async () => {
    const { setupToken } = await prepareOrganisation(world.ctx);
    const rows = await world.ctx.db.prisma.setupToken.findMany();
    expect(JSON.stringify(rows)).not.toContain(setupToken);
  });
});

describe("sign-in", () => {
  async function withOwner() {
    const { setupToken } = await prepareOrganisation(world.ctx);
    await completeSetup(world.ctx, { ...person, token: setupToken ?? "" });
    const auth = createAuth({ db: world.ctx.db, secret: "s".repeat(40), logger: world.ctx.logger, publicUrl: "http://localhost:3000" });
    const call = (path: string, body: unknown, headers: Record<string, string> = {}) =>
      auth.handle(
        new Request(`http://localhost:3000/api/auth${path}`, {
          method: "POST",
          headers: { "content-type": "application/json", host: "localhost:3000", ...headers },
          body: JSON.stringify(body),
        }),
      );
    return { auth, call };
  }
  const cookieOf = (response: Response) => ({
    cookie: response.headers
      .getSetCookie()
      .map((cookie) => cookie.split(";")[0])
      .join("; "),
  });

  test("the owner's password opens a session of an owner; a wrong one does not; signing out ends it", async () => {
    const { auth, call } = await withOwner();
    expect((await call("/sign-in/email", { email: person.email, password: "wrong password!" })).status).toBe(401);
    const answer = await call("/sign-in/email", { email: person.email, password: person.password });
    expect(answer.status).toBe(200);
    expect(answer.headers.getSetCookie().join()).toMatch(/HttpOnly/i);
    const headers = new Headers(cookieOf(answer));
    const session = await auth.readSession(headers);
    expect(session).toMatchObject({ email: person.email, name: "Ada" });
    expect(await readActor(world.ctx.db, session!)).toMatchObject({ role: "owner", name: "Ada" });
    expect((await call("/sign-out", {}, { ...cookieOf(answer), origin: "http://localhost:3000" })).status).toBe(200);
    expect(await auth.readSession(headers)).toBeNull();
    expect(await auth.readSession(new Headers())).toBeNull();
  });

  test("the short way to a session says yes only to our signature, a living row, and one that is not due to be prolonged", async () => {
    const { auth, call } = await withOwner();
    const { cookie } = cookieOf(await call("/sign-in/email", person));
    const [name = "", value = ""] = cookie.split("=", 2);
    const dayMs = 86_400_000;
    const read = (header: string, secret = "s".repeat(40), now = new Date()) => {
      const ages = { expiresInMs: 14 * dayMs, updateAgeMs: dayMs };
      return readLiveSession({ db: world.ctx.db, cookie: { name, secret }, ages }, new Headers({ cookie: header }), now);
    };
    expect(await read(cookie)).toEqual(await auth.readSession(new Headers({ cookie })));
    const [token = ""] = decodeURIComponent(value).split(".");
    for (const forged of [
      `${name}=${token}`,
      `${name}=${token}.`,
      `${name}=x${value}`,
      `${cookie}; ${cookie}`,
      `x${cookie}`,
      `${name}=%`,
      "",
    ]) {
      expect(await read(forged), forged).toBeNull();
    }
    expect(await read(cookie, "t".repeat(40))).toBeNull();
    expect(await read(cookie, undefined, new Date(Date.now() + dayMs + 1000)), "the library prolongs it").toBeNull();
    await world.ctx.db.prisma.session.updateMany({ data: { expiresAt: new Date(Date.now() - 1000) } });
    expect(await read(cookie)).toBeNull();
    expect(await auth.readSession(new Headers({ cookie }))).toBeNull();
  });

  test("the first membership is the actor's; without one there is none", async () => {
    const { auth, call } = await withOwner();
    const session = await auth.readSession(new Headers(cookieOf(await call("/sign-in/email", person))));
    await world.ctx.db.prisma.member.deleteMany({});
    expect(await readActor(world.ctx.db, session!)).toBeNull();
  });

  test("a request's member is asked anew each time: a role that changed counts at once, a removed member and a session that ended are nobody", async () => {
    const { auth, call } = await withOwner();
    const cookie = cookieOf(await call("/sign-in/email", person));
    const ask = () => auth.readActor(new Headers(cookie));
    const session = await auth.readSession(new Headers(cookie));
    expect(await ask()).toMatchObject({ role: "owner", name: "Ada" });
    expect(await ask()).toEqual(await readActor(world.ctx.db, session!));
    await world.ctx.db.prisma.session.updateMany({ data: { expiresAt: new Date(Date.now() + 86_400_000) } });
    expect(await ask(), "the library prolongs it").toMatchObject({ role: "owner", name: "Ada" });
    await world.ctx.db.prisma.member.updateMany({ data: { role: "viewer" } });
    expect(await ask()).toMatchObject({ role: "viewer" });
    await world.ctx.db.prisma.member.updateMany({ data: { role: "no role of ours" } });
    expect(await ask()).toBeNull();
    await world.ctx.db.prisma.member.updateMany({ data: { role: "owner" } });
    await call("/sign-out", {}, { ...cookie, origin: "http://localhost:3000" });
    expect(await ask()).toBeNull();
    const again = new Headers(cookieOf(await call("/sign-in/email", person)));
    await world.ctx.db.prisma.member.deleteMany({});
    expect(await auth.readActor(again)).toBeNull();
    expect(await auth.readActor(new Headers())).toBeNull();
  });

  test("what the auth library could do besides is closed, also for an owner", async () => {
    const { call } = await withOwner();
    const signedIn = await call("/sign-in/email", { email: person.email, password: person.password });
    const eve = {
      name: "Eve",
      email: "eve@example.com",
      password: "correct horse battery",
      role: "owner",
      slug: "eve",
      organizationId: "x",
      memberId: "x",
    };
    for (const path of [
      "/sign-up/email",
      "/organization/create",
      "/organization/update-member-role",
      "/organization/invite-member",
      "/organization/accept-invitation",
      "/organization/set-active",
      "/update-user",
      "/delete-user",
      "/change-email",
      "/request-password-reset",
      "/reset-password",
    ]) {
      expect([path, (await call(path, eve)).status]).toEqual([path, 404]);
      expect([path, (await call(path, eve, cookieOf(signedIn))).status]).toEqual([path, 404]);
    }
    expect(await world.ctx.db.prisma.user.count()).toBe(1);
  });

  test("guessing one account's password is slowed down, whatever address the guesses claim to come from", async () => {
    const { call } = await withOwner();
    const guess = (n: number) =>
      call("/sign-in/email", { email: person.email, password: `guess number ${n}` }, { "x-forwarded-for": `10.0.0.${n}` });
    for (let n = 0; n < 20; n += 1) expect((await guess(n)).status).toBe(401);
    const refused = await guess(21);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(
      (await call("/sign-in/email", { email: "else@example.com", password: "x".repeat(12) }, { "x-forwarded-for": "10.0.0.99" })).status,
    ).toBe(401);
  }, 60_000);
});
