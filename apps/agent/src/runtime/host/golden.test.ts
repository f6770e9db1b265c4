import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeNpy } from "@flotilla/validate/npy";
import { afterEach, expect, test } from "vitest";
import { forgetGolden, goldenFeeds } from "./golden.ts";

let directory = "";
afterEach(async () => {
  forgetGolden();
  await rm(directory, { recursive: true, force: true });
});

test("a golden sample is fed as each input asks: its element type, a batch axis where one is missing, numbers without any", async () => {
  directory = await mkdtemp(join(tmpdir(), "golden-"));
  const write = (name: string, shape: number[], values: number[]) =>
    writeFile(join(directory, name), writeNpy({ type: "float32", shape, data: Float32Array.from(values) }));
  await write("x.npy", [2, 3], [1, 2, 3, 4, 5, 6]);
  await write("state.npy", [2, 2, 1, 1], [7, 8, 9, 10]);
  await write("rate.npy", [2], [8_000, 16_000]);
  const feeds = await goldenFeeds(
    directory,
    ["x.npy", "state.npy", "rate.npy"],
    [
      { name: "x", type: "uint8", shape: ["n", 3] },
      { name: "state", type: "float32", shape: [2, "n", 1] },
      { name: "rate", type: "int64", shape: [] },
    ],
    1,
  );
  expect(Object.entries(feeds).map(([name, { type, dims, data }]) => [name, type, dims, [...(data as Float32Array)]])).toEqual([
    ["x", "uint8", [1, 3], [4, 5, 6]],
    ["state", "float32", [2, 1, 1], [9, 10]],
    ["rate", "int64", [], [16_000n]],
  ]);
});
