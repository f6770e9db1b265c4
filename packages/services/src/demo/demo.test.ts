import { randomUUID } from "node:crypto";
import { listenLive } from "@flotilla/db";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { ServiceContext } from "../context.ts";
import { createTestContext, type TestContext, type TestOrganisation } from "../testing/index.ts";
import { readWantedFleet, reportDemoFleet } from "./follow-demo-fleet.ts";
import { getDemoFleet, SIMULATED_TAG } from "./get-demo-fleet.ts";
import { setDemoFleet } from "./set-demo-fleet.ts";

let world: TestContext;
let mine: TestOrganisation;
let embedded: ServiceContext;
beforeAll(async () => {
  world = await createTestContext();
  mine = await world.addOrganisation();
  embedded = { ...world.ctx, simulatesDevices: true };
});
afterAll(() => world.close());

const addDevice = (tags: object, state: string) =>
  world.ctx.db.prisma.device.create({
    data: {
      ...{ organisationId: mine.organisationId, name: "sim", state, tags, keySha256: randomUUID() },
      ...{ fingerprint: "f", profile: {}, profileName: "p" },
    },
  });

test("where no supervisor runs, nothing is offered and nothing can be asked for", async () => {
  const { operator } = mine.actor;
  expect(await getDemoFleet(world.ctx, operator)).toEqual({ offered: false, wanted: 0, joined: 0, problem: null, changedAt: null });
  await expect(setDemoFleet(world.ctx, operator, { wanted: 5 })).rejects.toMatchObject({ code: "CONFLICT" });
  expect(await readWantedFleet(world.ctx, mine.organisationId)).toEqual({ wanted: 0, by: "" });
});

test("what somebody wants is kept for the supervisor, with who asked", async () => {
  const { operator } = mine.actor;
  await setDemoFleet(embedded, operator, { wanted: 5 });
  expect(await readWantedFleet(embedded, mine.organisationId)).toEqual({ wanted: 5, by: operator.name });
  await addDevice({ [SIMULATED_TAG.key]: SIMULATED_TAG.value, site: "here" }, "ACTIVE");
  await addDevice({ [SIMULATED_TAG.key]: SIMULATED_TAG.value }, "REVOKED");
  await addDevice({}, "ACTIVE");
  expect(await getDemoFleet(embedded, operator)).toMatchObject({ offered: true, wanted: 5, joined: 1, problem: null });
});

test("a problem is announced once, and asking again clears it", async () => {
  const { operator } = mine.actor;
  let heard = 0;
  const stop = await listenLive(world.url, ({ topic }) => {
    if (topic === "demo") heard += 1;
  });
  await reportDemoFleet(embedded, mine.organisationId, "no memory");
  await reportDemoFleet(embedded, mine.organisationId, "no memory");
  expect((await getDemoFleet(embedded, operator)).problem).toBe("no memory");
  await setDemoFleet(embedded, operator, { wanted: 0 });
  await vi.waitFor(() => expect(heard).toBe(2));
  expect((await getDemoFleet(embedded, operator)).problem).toBeNull();
  await stop();
});
