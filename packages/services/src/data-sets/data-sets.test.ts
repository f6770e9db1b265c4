import { readFile } from "node:fs/promises";
import { inflateSync } from "node:zlib";
import { samples } from "@flotilla/samples";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { addDataSet, addModelVersion, createTestContext, type TestContext, type TestOrganisation } from "../testing/index.ts";
import { deleteDataSet } from "./delete-data-set.ts";
import { encodePng } from "./encode-png.ts";
import { listDataSets } from "./list-data-sets.ts";
import { readSample } from "./read-sample.ts";
import { renameDataSet } from "./rename-data-set.ts";

let world: TestContext;
let mine: TestOrganisation;
let other: TestOrganisation;
beforeAll(async () => {
  world = await createTestContext();
});
afterAll(() => world.close());
beforeEach(async () => {
  [mine, other] = await Promise.all([world.addOrganisation(), world.addOrganisation()]);
});

async function put(bytes: Uint8Array): Promise<string> {
  return (
    await world.ctx.blob.put(
      (async function* () {
        yield bytes;
      })(),
      { maxBytes: bytes.length },
    )
  ).sha256;
}

/** Layout: apps/worker/src/data-sets/image-pack.ts. */
function pack(images: Buffer[]): Buffer {
  const magic = Buffer.from("FLIMGS1\n");
  const lengths = images.map((image) => image.length);
  const offsets = lengths.map((_, at) => magic.length + lengths.slice(0, at).reduce((sum, length) => sum + length, 0));
  const index = Buffer.from(JSON.stringify({ names: lengths.map(String), offsets, lengths }));
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(index.length);
  trailer.write("FLIX", 4);
  return Buffer.concat([magic, ...images, index, trailer]);
}

const grey = (value: number) => encodePng({ width: 2, height: 2, channels: 1, pixels: Buffer.alloc(4, value) });

describe("a sample as a picture", () => {
  test("an image comes as it was uploaded", async () => {
    const jpeg = Buffer.from("ffd8ffe000104a464946", "hex");
    const sha256 = await put(pack([grey(1), jpeg, grey(3)]));
    const { id } = await addDataSet(world.ctx, mine.actor.engineer, { sha256, sampleCount: 3 });
    const read = (index: number) => readSample(world.ctx, mine.actor.viewer, { dataSetId: id, index });
    expect(await read(0)).toEqual({ contentType: "image/png", bytes: grey(1) });
    expect(await read(1)).toEqual({ contentType: "image/jpeg", bytes: jpeg });
    expect(await read(2)).toEqual({ contentType: "image/png", bytes: grey(3) });
    for (const index of [3, -1, 0.5]) await expect(read(index)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(readSample(world.ctx, other.actor.owner, { dataSetId: id, index: 0 })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("a sample of an array has the array's pixels", async () => {
    const file = await readFile(samples.mnistTestImages);
    const { id } = await addDataSet(world.ctx, mine.actor.engineer, { kind: "npy", sha256: await put(file), sampleCount: 1000 });
    const { contentType, bytes } = await readSample(world.ctx, mine.actor.viewer, { dataSetId: id, index: 999 });
    expect(contentType).toBe("image/png");
    const idat = bytes.subarray(8 + 25 + 8, bytes.length - 12 - 4);
    const lines = inflateSync(idat);
    const pixels = Buffer.concat(Array.from({ length: 28 }, (_, y) => lines.subarray(y * 29 + 1, (y + 1) * 29)));
    expect(pixels.equals(file.subarray(file.length - 28 * 28))).toBe(true);
  });

  test("a sample too large to be made in memory is not shown", async () => {
    const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 4096, 4096, 3), }".padEnd(117).concat("\n");
    const file = Buffer.concat([Buffer.from("\u0093NUMPY\u0001\u0000", "latin1"), Buffer.from([header.length, 0]), Buffer.from(header)]);
    const { id } = await addDataSet(world.ctx, mine.actor.engineer, { kind: "npy", sha256: await put(file), sampleCount: 1 });
    await expect(readSample(world.ctx, mine.actor.viewer, { dataSetId: id, index: 0 })).rejects.toMatchObject({
      code: "UNSUPPORTED_FORMAT",
    });
  });

  test("a pack whose index lies is refused, not followed", async () => {
    const broken = pack([grey(1)]);
    broken.writeUInt32LE(0xffffffff, broken.length - 8);
    const { id } = await addDataSet(world.ctx, mine.actor.engineer, { sha256: await put(broken), sampleCount: 1 });
    await expect(readSample(world.ctx, mine.actor.viewer, { dataSetId: id, index: 0 })).rejects.toMatchObject({ code: "NOT_A_DATA_SET" });
  });
});

describe("delete", () => {
  test("removes the row and the bytes that nobody else names", async () => {
    const sha256 = await put(Buffer.from(`set ${mine.organisationId}`));
    const first = await addDataSet(world.ctx, mine.actor.engineer, { sha256 });
    const second = await addDataSet(world.ctx, other.actor.engineer, { sha256 });
    await deleteDataSet(world.ctx, mine.actor.engineer, { id: first.id });
    expect(await listDataSets(world.ctx, mine.actor.viewer)).toEqual([]);
    expect(await world.ctx.blob.stat(sha256)).not.toBeNull();
    await deleteDataSet(world.ctx, other.actor.engineer, { id: second.id });
    expect(await world.ctx.blob.stat(sha256)).toBeNull();
  });

  test("is refused while a job reads it", async () => {
    const { id } = await addDataSet(world.ctx, mine.actor.engineer);
    const { version } = await addModelVersion(world.ctx, mine.actor.engineer);
    const job = await world.ctx.db.prisma.job.create({
      data: {
        organisationId: mine.organisationId,
        kind: "validate",
        state: "RUNNING",
        modelVersionId: version.id,
        recipe: {},
        gates: [],
        testDataSetId: id,
        createdBy: "x",
      },
    });
    await expect(deleteDataSet(world.ctx, mine.actor.engineer, { id })).rejects.toMatchObject({ code: "CONFLICT" });
    await world.ctx.db.prisma.job.update({ where: { id: job.id }, data: { state: "SUCCEEDED" } });
    await expect(deleteDataSet(world.ctx, mine.actor.engineer, { id })).resolves.toBeUndefined();
  });
});

test("another organisation's data set can be neither renamed nor deleted", async () => {
  const { id } = await addDataSet(world.ctx, other.actor.engineer);
  await expect(renameDataSet(world.ctx, mine.actor.owner, { id, name: "x" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(deleteDataSet(world.ctx, mine.actor.owner, { id })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await renameDataSet(world.ctx, other.actor.engineer, { id, name: "renamed" });
  expect((await listDataSets(world.ctx, other.actor.viewer))[0]?.name).toBe("renamed");
});
