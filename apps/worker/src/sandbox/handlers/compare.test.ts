import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeNpy } from "@flotilla/validate/npy";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RequestOf } from "../protocol.ts";
import { compare } from "./compare.ts";

let directory: string;
let request: RequestOf<"compare">;

/** Scores of 3 samples over 2 classes: the source says 0, 1, 1 and the variant 0, 1, 0. The labels are 1, 0, 1. */
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "flotilla-compare-"));
  const write = async (name: string, data: number[]): Promise<string> => {
    await writeFile(join(directory, name), writeNpy({ type: "float32", shape: [3, 2], data: Float32Array.from(data) }));
    return join(directory, name);
  };
  const labelsPath = join(directory, "labels");
  await writeFile(labelsPath, Buffer.from(Int32Array.of(1, 0, 1).buffer));
  request = {
    outputs: [
      {
        name: "y",
        source: await write("source", [0.9, 0.1, 0.2, 0.8, 0.4, 0.6]),
        variant: await write("variant", [0.9, 0.1, 0.2, 0.8, 0.6, 0.4]),
      },
    ],
    labelsPath,
    task: "classification",
    reading: null,
    cardLabels: [],
    dataClassNames: ["cat", "dog"],
  };
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const run = (change: Partial<RequestOf<"compare">> = {}) =>
  compare({ ...request, ...change }, { progress: () => undefined, event: () => undefined });

test("without names on the card, the data set's labels are the model's classes", async () => {
  const result = await run();
  expect(result.accuracy).toEqual({ source: 1 / 3, variant: 0, labelled: 3 });
  expect(result.agreement).toBeCloseTo(2 / 3);
  expect(result.perClass.map(({ label }) => label)).toEqual(["cat", "dog"]);
});

test("with names on the card, labels are matched by name, not by number", async () => {
  expect((await run({ cardLabels: ["dog", "cat"] })).accuracy).toEqual({ source: 2 / 3, variant: 1, labelled: 3 });
});

test("labels that the model has no class for count as unlabelled", async () => {
  await writeFile(join(directory, "more-labels"), Buffer.from(Int32Array.of(1, 7, 1).buffer));
  expect((await run({ labelsPath: join(directory, "more-labels") })).accuracy?.labelled).toBe(2);
});

test("no classes where the task has none, numbers all the same", async () => {
  const result = await run({ task: "other" });
  expect([result.agreement, result.accuracy]).toEqual([null, null]);
  expect(result.numerics[0]).toMatchObject({ output: "y", maxAbsError: expect.closeTo(0.2, 5) });
});

test("an output that the variant lacks is an error with its name", async () => {
  await expect(run({ outputs: [{ name: "y", source: "x", variant: null }] })).rejects.toMatchObject({
    code: "INVALID_GRAPH",
    message: expect.stringContaining('"y"'),
  });
});
