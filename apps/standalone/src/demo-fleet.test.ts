import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setDemoFleet } from "@flotilla/services";
import { createTestContext, type TestContext, type TestOrganisation } from "@flotilla/services/testing";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { DemoFleet } from "./demo-fleet.ts";
import { Supervisor } from "./supervisor.ts";

let world: TestContext;
let mine: TestOrganisation;
beforeAll(async () => {
  world = await createTestContext();
});
afterAll(() => world.close());

let folder: string;
let supervisor: Supervisor;
let fleet: DemoFleet;
beforeEach(async () => {
  mine = await world.addOrganisation();
  folder = await mkdtemp(path.join(os.tmpdir(), "demo-fleet-"));
  await Promise.all([mkdir(path.join(folder, "devices")), mkdir(path.join(folder, "logs"))]);
  await writeFile(path.join(folder, "agent.mjs"), AGENT);
  start();
});
afterEach(async () => {
  await fleet.stop();
  await supervisor.stop();
  await rm(folder, { recursive: true });
});

/** Stands for the agent: notes which token it was given, and lives. Enrolment itself is the agent's own tests' and the browser tests' matter. */
const AGENT = `import { mkdirSync, appendFileSync } from "node:fs"; const [, , directory] = process.argv;
mkdirSync(directory, { recursive: true }); appendFileSync(directory + "/tokens", (process.env.AGENT_TOKEN ?? "none") + "\\n"); setInterval(() => {}, 1000);`;

function start(): void {
  supervisor = new Supervisor({ logDirectory: path.join(folder, "logs"), say: () => {} });
  fleet = new DemoFleet({
    supervisor,
    ctx: { ...world.ctx, simulatesDevices: true },
    databaseUrl: world.url,
    organisationId: mine.organisationId,
    directory: path.join(folder, "devices"),
    toProcess: ({ name, token }) => ({
      name: `device-${name}`,
      args: [path.join(folder, "agent.mjs"), path.join(folder, "devices", name)],
      env: token === null ? {} : { AGENT_TOKEN: token },
    }),
  });
}

const want = (wanted: 0 | 5) => setDemoFleet({ ...world.ctx, simulatesDevices: true }, mine.actor.operator, { wanted });
const names = () => Object.keys(supervisor.pids()).toSorted();
const tokensOf = async (name: string) => (await readFile(path.join(folder, "devices", name, "tokens"), "utf8")).trim().split("\n");

/** What the agent keeps once it has enrolled. */
async function enrol(name: string): Promise<string> {
  const { id } = await world.ctx.db.prisma.device.create({
    data: {
      ...{ organisationId: mine.organisationId, name, state: "ACTIVE", keySha256: randomUUID() },
      ...{ fingerprint: "f", profile: {}, profileName: "p", status: { create: { organisationId: mine.organisationId } } },
    },
  });
  const identity = path.join(folder, "devices", name, "identity");
  await mkdir(identity, { recursive: true });
  await writeFile(path.join(identity, "identity.json"), JSON.stringify({ deviceId: id }));
  return id;
}

it("starts five when somebody asks, with a token that lets just them in, and takes them away again", async () => {
  await fleet.start();
  expect(names()).toEqual([]);
  await want(5);
  const five = [1, 2, 3, 4, 5].map((n) => `device-sim-${n}`);
  await vi.waitFor(() => expect(names()).toEqual(five), { timeout: 10_000 });
  await vi.waitFor(async () => expect((await tokensOf("sim-5"))[0]).toMatch(/^[\w-]{20,}$/), { timeout: 10_000 });
  const token = await world.ctx.db.prisma.enrolmentToken.findFirstOrThrow({ where: { organisationId: mine.organisationId } });
  expect(token.maxUses).toBe(5);
  const id = await enrol("sim-2");
  await want(0);
  await vi.waitFor(async () => expect(await readdir(path.join(folder, "devices"))).toEqual([]), { timeout: 10_000 });
  expect(names()).toEqual([]);
  expect(await world.ctx.db.prisma.device.findUniqueOrThrow({ where: { id } })).toMatchObject({ state: "REVOKED" });
});

it("starts them again with the stack, and those that have enrolled without a token", async () => {
  await want(5);
  await enrol("sim-1");
  await fleet.start();
  await vi.waitFor(async () => expect((await tokensOf("sim-5"))[0]).not.toBe("none"), { timeout: 10_000 });
  await vi.waitFor(async () => expect(await tokensOf("sim-1")).toEqual(["none"]), { timeout: 10_000 });
});

it("finishes a removal that was cut short", async () => {
  const id = await enrol("sim-3");
  await mkdir(path.join(folder, "devices", "demo-1"));
  await fleet.start();
  await vi.waitFor(async () => expect(await readdir(path.join(folder, "devices"))).toEqual(["demo-1"]), { timeout: 10_000 });
  expect(await world.ctx.db.prisma.device.findUniqueOrThrow({ where: { id } })).toMatchObject({ state: "REVOKED" });
});

it("says why where it cannot, and does it once it can", async () => {
  await rm(path.join(folder, "devices"), { recursive: true });
  await want(5);
  await fleet.start();
  const problem = async () =>
    (await world.ctx.db.prisma.demoFleet.findUniqueOrThrow({ where: { organisationId: mine.organisationId } })).problem;
  await vi.waitFor(async () => expect(await problem()).toMatch(/no such file/), { timeout: 10_000 });
  await mkdir(path.join(folder, "devices"));
  await want(5);
  await vi.waitFor(() => expect(names()).toHaveLength(5), { timeout: 10_000 });
  await vi.waitFor(async () => expect(await problem()).toBeNull());
});
