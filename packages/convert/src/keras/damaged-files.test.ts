import { fileURLToPath } from "node:url";
import { isFlotillaError } from "@flotilla/contracts";
import { OnnxError } from "@flotilla/onnx";
import { expect, it } from "vitest";
import { unpackModels } from "../test-support/model-archive.ts";
import { randomBelow } from "../test-support/random.ts";
import { convertKeras } from "./convert-keras.ts";
import { readKeras } from "./read-keras.ts";

const models = unpackModels(fileURLToPath(new URL("../../test-data/keras-layers.br", import.meta.url)));
const file = (name: string, form: string): Uint8Array => models.find((model) => model.name === name)?.files.get(form) ?? new Uint8Array();

/** What came of it: a model (a flipped weight is a weight), or a code. Any other error goes on. */
function outcome(bytes: Uint8Array): string {
  try {
    convertKeras(readKeras(bytes));
    return "converted";
  } catch (error) {
    if (isFlotillaError(error) || error instanceof OnnxError) return error.code;
    throw error;
  }
}

it.each([
  ["nested", "k2.h5"],
  ["bi_state", "k2.h5"],
  ["nested", "model.keras"],
  ["td_conv", "model.keras"],
])("%s, %s with a bit flipped at 250 seeded places is converted or refused with a code", (name, form) => {
  const original = file(name, form);
  const below = randomBelow(original.length);
  for (let trial = 0; trial < 250; trial += 1) {
    const bytes = Uint8Array.from(original);
    const place = below(bytes.length);
    bytes[place] = (bytes[place] ?? 0) ^ (1 << below(8));
    expect(outcome(bytes)).not.toBe("INTERNAL");
  }
});

it.each([
  ["nested", "k2.h5"],
  ["nested", "model.keras"],
])("%s, %s cut off anywhere is refused", (name, form) => {
  const original = file(name, form);
  for (let length = 0; length < original.length; length += Math.ceil(original.length / 40))
    expect(outcome(original.subarray(0, length))).not.toBe("converted");
});

it("zeroed stretches are survived too", () => {
  const original = file("bi_state", "k2.h5");
  const below = randomBelow(3);
  for (let trial = 0; trial < 100; trial += 1) {
    const bytes = Uint8Array.from(original);
    const place = below(bytes.length);
    bytes.fill(trial % 2 === 0 ? 0 : 0xff, place, place + 64);
    expect(outcome(bytes)).not.toBe("INTERNAL");
  }
});
