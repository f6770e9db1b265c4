import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SourceFormat } from "@flotilla/contracts";
import { type TestModel, type TestTensor, unpackModels } from "./model-archive.ts";
import { readNpy } from "./read-npy.ts";

/** Inputs in the model's own order, and what the model's own framework made of them. */
export interface FixtureRun {
  readonly inputs: readonly TestTensor[];
  readonly outputs: readonly TestTensor[];
}

/** A trained model as one of the files in which it was saved. */
export interface Fixture {
  readonly name: string;
  /** `k2.h5` is Keras 2's, `k3.h5` and `model.keras` are Keras 3's, `model.tflite` is float, `model_int8.tflite` integers from end to end. */
  readonly file: string;
  readonly format: SourceFormat;
  readonly bytes: Uint8Array;
  readonly runs: readonly FixtureRun[];
}

const DATA = join(import.meta.dirname, "../../test-data");

/** The trained models in the files of Keras; answers are Keras' to all samples at once. */
export function kerasFixtures(): Fixture[] {
  return readArchive("keras-models.br");
}

/** Models of a layer or two each, with random weights, in the files of Keras. */
export function layerFixtures(): Fixture[] {
  return readArchive("keras-layers.br");
}

function readArchive(name: string): Fixture[] {
  return unpackModels(join(DATA, name)).flatMap((model) =>
    [...model.files].map(([file, bytes]) => ({
      name: model.name,
      file,
      format: file.endsWith(".h5") ? "keras-h5" : "keras-v3",
      bytes,
      runs: [{ inputs: model.inputs, outputs: answersTo(model, file) }],
    })),
  );
}

/** What the version of Keras answers that wrote the file. */
function answersTo(model: TestModel, file: string): readonly TestTensor[] {
  return model.outputs[file.startsWith("k2") ? "2" : "3"];
}

interface Port {
  readonly file: string;
}

interface Form {
  readonly file: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** The models in TFLite's files, of ours and of others; answers are the interpreter's, a sample at a time. */
export function tfliteFixtures(): Fixture[] {
  const root = join(DATA, "tflite");
  const names = readdirSync(root, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  return names.flatMap((name) => {
    const meta = JSON.parse(readFileSync(join(root, name, "meta.json"), "utf8")) as Partial<Record<"float" | "int8", Form>>;
    return [meta.float, meta.int8].flatMap((form) => (form === undefined ? [] : [readForm(join(root, name), name, form)]));
  });
}

function readForm(folder: string, name: string, { file, inputs, outputs }: Form): Fixture {
  const read = (ports: readonly Port[]): TestTensor[][] => ports.map((port) => readSamples(join(folder, port.file)));
  const [given, due] = [read(inputs), read(outputs)];
  const runs = Array.from({ length: given[0]?.length ?? 0 }, (_, sample) => ({
    inputs: given.flatMap((samples) => samples[sample] ?? []),
    outputs: due.flatMap((samples) => samples[sample] ?? []),
  }));
  return { name, file, format: "tflite", bytes: new Uint8Array(readFileSync(join(folder, file))), runs };
}

/** A batch as batches of one. */
function readSamples(path: string): TestTensor[] {
  const { type, dims: shape, bytes } = readNpy(path);
  const [count = 0, ...dims] = shape;
  const size = bytes.length / count;
  return Array.from({ length: count }, (_, index) => ({
    type,
    dims: [1, ...dims],
    bytes: bytes.subarray(index * size, (index + 1) * size),
  }));
}
