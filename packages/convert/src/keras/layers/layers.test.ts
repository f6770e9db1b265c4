import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { unpackModels } from "../../test-support/model-archive.ts";
import { runConverted, worstDistance } from "../../test-support/run-converted.ts";
import { convertKeras } from "../convert-keras.ts";
import { readKeras } from "../read-keras.ts";
import { LAYER_KINDS } from "./registry.ts";
import { inspectKeras } from "../inspect-keras.ts";

/**
 * Models of a layer or two each, made by Keras 3 and Keras 2 (test-data/make-layers.py and make-rehearsal.py), with random weights and their answers.
 */
const models = ["keras-layers.br", "keras-rehearsal.br"].flatMap((name) =>
  unpackModels(fileURLToPath(new URL(`../../../test-data/${name}`, import.meta.url))),
);

/** Keras computes these in half precision, we in single. */
const COARSE: Readonly<Record<string, number>> = { policy16: 1e-2 };

const cases = models.flatMap((model) => [...model.files].map(([form, bytes]) => ({ name: model.name, form, bytes, model })));

it.each(cases)("$name from $form gives what Keras gives", async ({ bytes, form, model }) => {
  const { model: converted } = convertKeras(readKeras(bytes));
  const wanted = model.outputs[form.startsWith("k2") ? "2" : "3"];
  expect(worstDistance(await runConverted(converted, model.inputs), wanted)).toBeLessThanOrEqual(COARSE[model.name] ?? 1e-5);
});

it("every layer that is offered is in one of these models", () => {
  const tried = new Set(cases.flatMap(({ bytes }) => [...inspectKeras(readKeras(bytes)).classes.keys()]));
  const untried = LAYER_KINDS.filter((kind) => !kind.classes.some((name) => tried.has(name)));
  expect(untried.map((kind) => kind.classes[0])).toEqual([]);
});
