import { readFile } from "node:fs/promises";
import { samples } from "@flotilla/samples";
import { expect, it } from "vitest";
import { openTflite } from "./tflite-runtime.ts";

it("the first run of an interpreter answers as the second", async () => {
  const interpreter = (await openTflite(await readFile(samples.mnistTflite))).interpreter();
  const image = Int8Array.from({ length: 784 }, (_, index) => ((index * 37) % 256) - 128);
  const [first, second] = [interpreter.run([image]), interpreter.run([image])];
  interpreter.close();
  expect(first.map(({ data }) => Math.max(...Array.from(data, Number)))).not.toEqual([0]);
  expect(first).toEqual(second);
});

it("an input of another size than the file's own is refused in words: open sizes cannot be set here", async () => {
  const model = await openTflite(await readFile(samples.mnistTflite));
  expect(model.run([new Int8Array(784)])).toHaveLength(1);
  for (const length of [783, 96 * 96])
    expect(() => model.run([new Int8Array(length)])).toThrow(
      expect.objectContaining({
        code: "RUNTIME_REFUSED",
        message: expect.stringContaining(`takes 784 values as the file is, not ${length}`),
      }),
    );
});
