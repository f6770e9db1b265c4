import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addModelVersion, addVariant, createTestContext, type TestContext, type TestOrganisation } from "../testing/index.ts";
import { readVariantFile } from "./read-variant-file.ts";

let world: TestContext;
let mine: TestOrganisation;
let other: TestOrganisation;
beforeAll(async () => {
  world = await createTestContext();
  [mine, other] = await Promise.all([world.addOrganisation(), world.addOrganisation()]);
});
afterAll(() => world.close());

test("a variant's file is named after what it is, ends as its format does, and is its organisation's alone", async () => {
  const { version } = await addModelVersion(world.ctx, mine.actor.engineer, "digits");
  const made = await addVariant(world.ctx, version, { name: "TFLite, int8 static / per channel", sizeBytes: 5, format: "tflite" });
  const ask = (actor: TestOrganisation["actor"]["viewer"]) => readVariantFile(world.ctx, actor, { variantId: made.id });
  // Its bytes are no longer in the store.
  await expect(ask(mine.actor.viewer)).rejects.toMatchObject({ code: "NOT_FOUND" });
  const { sha256 } = await world.ctx.blob.put(Readable.from([Buffer.from("bytes")]), { maxBytes: 5 });
  await world.ctx.db.prisma.variant.update({ where: { id: made.id }, data: { sha256 } });
  const file = await ask(mine.actor.viewer);
  expect([file.fileName, file.sizeBytes, await text(await file.open())]).toEqual([
    "digits-1-TFLite-int8-static-per-channel.tflite",
    5,
    "bytes",
  ]);
  await expect(ask(other.actor.owner)).rejects.toMatchObject({ code: "NOT_FOUND" });
});
