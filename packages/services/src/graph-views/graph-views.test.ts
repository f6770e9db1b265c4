import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { GRAPH_VIEW_VERSION } from "@flotilla/contracts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  type AddedVersion,
  addModelVersion,
  addVariant,
  createTestContext,
  type TestContext,
  type TestOrganisation,
} from "../testing/index.ts";
import { failGraphView, finishGraphView } from "../worker/draw-graph-view.ts";
import { getGraphView, redrawGraph } from "./get-graph-view.ts";
import { readGraphView } from "./read-graph-view.ts";

let world: TestContext;
let mine: TestOrganisation;
let other: TestOrganisation;
let added: AddedVersion;
beforeAll(async () => {
  world = await createTestContext();
});
afterAll(() => world.close());
beforeEach(async () => {
  [mine, other] = await Promise.all([world.addOrganisation(), world.addOrganisation()]);
  added = await addModelVersion(world.ctx, mine.actor.engineer);
});

const ask = () => getGraphView(world.ctx, mine.actor.viewer, { id: added.source.id });
const model = () => ({ organisationId: mine.organisationId, modelSha256: added.version.sha256 });
const drawings = async () => (await world.queued("draw-graph")).filter(({ organisationId }) => organisationId === mine.organisationId);

/** As the worker leaves it. */
async function draw(content = `picture of ${added.version.sha256}`): Promise<string> {
  const { sha256 } = await world.ctx.blob.put(Readable.from([Buffer.from(content)]), { maxBytes: 1000 });
  await finishGraphView(world.ctx, model(), sha256);
  return sha256;
}

test("a version from before has its picture drawn when somebody first looks, once for all who look", async () => {
  const answers = await Promise.all([ask(), ask(), ask()]);
  for (const answer of answers) expect(answer).toEqual({ state: "BUILDING", step: "queued", sha256: null, error: null });
  expect(await drawings()).toHaveLength(1);
});

test("a picture that is there is given by its digest, and is not drawn again", async () => {
  const sha256 = await draw();
  expect(await ask()).toEqual({ state: "READY", step: null, sha256, error: null });
  expect(await drawings()).toHaveLength(0);
  const stored = await readGraphView(world.ctx, mine.actor.viewer, { sha256 });
  expect(await text(await stored.open())).toBe(`picture of ${added.version.sha256}`);
});

test.each([
  [
    "was made by another version",
    (sha256: string) => world.ctx.db.prisma.graphView.updateMany({ where: { sha256 }, data: { version: GRAPH_VIEW_VERSION + 1 } }),
  ],
  ["is gone from the store", (sha256: string) => world.ctx.blob.delete(sha256)],
])("a picture that %s is drawn again", async (_, spoil) => {
  await spoil(await draw());
  expect(await ask()).toMatchObject({ state: "BUILDING", sha256: null });
  expect(await drawings()).toHaveLength(1);
});

test("a drawing that failed says why, and is tried again only when somebody asks for it", async () => {
  await failGraphView(world.ctx, model(), { code: "TIMED_OUT", message: "It took too long." });
  const failed = { state: "FAILED", step: null, sha256: null, error: { code: "TIMED_OUT", message: "It took too long." } };
  expect([await ask(), await ask()]).toEqual([failed, failed]);
  expect(await drawings()).toHaveLength(0);
  expect(await redrawGraph(world.ctx, mine.actor.engineer, { id: added.source.id })).toMatchObject({ state: "BUILDING", error: null });
  expect(await redrawGraph(world.ctx, mine.actor.engineer, { id: added.source.id })).toMatchObject({ state: "BUILDING" });
  expect(await drawings()).toHaveLength(1);
});

test("a file that is its runtime's own is not drawn, and says what to look at instead", async () => {
  const variant = await addVariant(world.ctx, added.version, { name: "ORT", sizeBytes: 10, format: "ort" });
  const refused = expect.objectContaining({
    code: "UNSUPPORTED_FORMAT",
    message: expect.stringContaining("the ONNX variant") as string,
  }) as object;
  await expect(getGraphView(world.ctx, mine.actor.viewer, { id: variant.id })).rejects.toEqual(refused);
  await expect(redrawGraph(world.ctx, mine.actor.engineer, { id: variant.id })).rejects.toEqual(refused);
  expect(await drawings()).toHaveLength(0);
});

test("another organisation finds neither the variant nor the picture, even by its digest", async () => {
  const sha256 = await draw();
  await expect(getGraphView(world.ctx, other.actor.owner, { id: added.source.id })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(readGraphView(world.ctx, other.actor.owner, { sha256 })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(redrawGraph(world.ctx, other.actor.owner, { id: added.source.id })).rejects.toMatchObject({ code: "NOT_FOUND" });
});
