import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { unpackModels } from "../test-support/model-archive.ts";
import { writeZip } from "../test-support/write-zip.ts";
import { convertKeras } from "./convert-keras.ts";
import { readKeras } from "./read-keras.ts";

const models = unpackModels(fileURLToPath(new URL("../../test-data/keras-models.br", import.meta.url)));
const mnist = models.find(({ name }) => name === "mnist_cnn");
const file = (form: string): Uint8Array => mnist?.files.get(form) ?? new Uint8Array();
const text = (content: string): Uint8Array => Buffer.from(content);

it.each([
  ["k2.h5", "h5", "2.21.0"],
  ["k3.h5", "h5", "3.15.1"],
  ["model.keras", "keras-v3", "3.15.1"],
])("%s is known by its content: %s of Keras %s", (name, form, version) => {
  expect(readKeras(file(name))).toMatchObject({ form, version });
});

it("an archive around one model is opened, and class names beside it end up in the ONNX file", () => {
  const bytes = writeZip([
    { name: "converted/keras_model.h5", data: file("k2.h5") },
    { name: "converted/labels.txt", data: text("0 cat\n1 small dog\n") },
  ]);
  const { labels, model } = convertKeras(readKeras(bytes));
  expect(labels).toEqual(["cat", "small dog"]);
  expect(model.proto.metadataProps.find(({ key }) => key === "labels")?.value).toBe('["cat","small dog"]');
});

it("what macOS puts into an archive beside the model is no second model", () => {
  const bytes = writeZip([
    { name: "mnist.h5", data: file("k2.h5") },
    { name: "__MACOSX/._mnist.h5", data: text("Mac OS X") },
  ]);
  expect(readKeras(bytes).form).toBe("h5");
});

it("an archive without a model, or with two, is refused", () => {
  const notes = { name: "notes.txt", data: text("x") };
  const two = ["a.h5", "b.h5"].map((name) => ({ name, data: file("k2.h5") }));
  for (const files of [[notes], two]) expect(() => readKeras(writeZip(files))).toThrow(expect.objectContaining({ code: "NOT_A_MODEL" }));
});
