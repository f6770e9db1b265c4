import { fileURLToPath } from "node:url";
import { checkModel } from "@flotilla/onnx";
import { describe, expect, it } from "vitest";
import { type TestModel, unpackModels } from "../test-support/model-archive.ts";
import { runConverted, worstDistance } from "../test-support/run-converted.ts";
import { convertKeras } from "./convert-keras.ts";
import { readKeras } from "./read-keras.ts";

const models = unpackModels(fileURLToPath(new URL("../../test-data/keras-models.br", import.meta.url)));

/** Nodes that onnxsim leaves of tf2onnx's graph of the same file. */
const ONNXSIM: Readonly<Record<string, number>> = { tcn_waves: 85, bigru_digits: 112, unet: 28, ssd_tiny: 28, siamese: 39, lstm_rows: 13 };

function file(model: TestModel, form: string): Uint8Array {
  return model.files.get(form) ?? new Uint8Array();
}

function named(name: string): TestModel {
  const model = models.find((candidate) => candidate.name === name);
  if (model === undefined) throw new Error(`There is no fixture ${name}.`);
  return model;
}

describe.each(models)("the trained model $name", (model) => {
  it.each([...model.files.keys()])("gives from %s what Keras gives, in few nodes", async (form) => {
    const conversion = convertKeras(readKeras(file(model, form)));
    checkModel(conversion.model);
    const wanted = model.outputs[form === "k2.h5" ? "2" : "3"];
    expect(worstDistance(await runConverted(conversion.model, model.inputs), wanted)).toBeLessThanOrEqual(1e-5);
    expect(conversion.nodesAfter).toBeLessThanOrEqual(ONNXSIM[model.name] ?? conversion.nodesBefore);
  });
});

it("the model keeps its name and the names of its inputs and outputs", () => {
  const { graph } = convertKeras(readKeras(file(named("siamese"), "model.keras"))).model;
  expect(graph.name).toBe("siamese");
  expect(graph.inputs).toEqual(["left", "right"]);
  // Two outputs of one shared layer.
  expect(graph.outputs).toEqual(["equal", "digit", "digit_1"]);
});

it("hard_sigmoid means what the version of Keras meant that wrote the file", async () => {
  const model = named("activations");
  const keras2 = await runConverted(convertKeras(readKeras(file(model, "k2.h5"))).model, model.inputs);
  expect(worstDistance(keras2, model.outputs["3"])).toBeGreaterThan(1e-3);
});

it("pictures come channels first where that is chosen, with the same numbers", async () => {
  const model = named("unet");
  const { graph, ...rest } = convertKeras(readKeras(file(model, "model.keras")), { pictures: "channels-first" }).model;
  expect(graph.types.get("image")?.shape).toEqual(["batch", 1, 28, 28]);
  expect(graph.types.get("mask")?.shape).toEqual(["batch", 1, 28, 28]);
  // With one channel the order of the numbers is the same.
  const turned = model.inputs.map((input) => ({ ...input, dims: [4, 1, 28, 28] }));
  const [answer] = await runConverted({ graph, ...rest }, turned);
  const flat = model.outputs["3"].map((output) => ({ ...output, dims: [4, 1, 28, 28] }));
  expect(worstDistance(answer === undefined ? [] : [answer], flat)).toBeLessThanOrEqual(1e-5);
  expect(graph.nodes.filter((node) => node.is("Transpose"))).toEqual([]);
});
