import { readFile } from "node:fs/promises";
import { samples } from "@flotilla/samples";
import { expect, it } from "vitest";
import { openTflite } from "./tflite-runtime.ts";

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
