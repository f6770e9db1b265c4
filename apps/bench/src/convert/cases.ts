import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { type Fixture, type FixtureRun, kerasFixtures, readNpy, type TestTensor, tfliteFixtures } from "@flotilla/convert/test-support";
import { samples } from "@flotilla/samples";

/** A file to convert. Without answers of its own framework (`runs`) its error is not known. */
export interface ConvertCase extends Fixture {
  readonly isFixture: boolean;
}

/** An ONNX or Keras file whose graph is to be cleaned up. */
export interface CleanUpCase {
  readonly name: string;
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** What a folder of `--dir` may hold, in the order of the tables. */
const FORMATS: Readonly<Record<string, Fixture["format"]>> = {
  "model.h5": "keras-h5",
  "model.keras": "keras-v3",
  "model.zip": "tfjs-layers",
  "model.tflite": "tflite",
};
const GRAPH = "model.onnx";

/** The repository's trained models in every form, and those of `dir`: a folder each with `model.h5`, `.keras`, `.zip` (TensorFlow.js) or `.tflite`. */
export async function convertCases(dir: string | undefined): Promise<ConvertCase[]> {
  const cases: ConvertCase[] = [...kerasFixtures(), ...tfliteFixtures()]
    .toSorted((left, right) => left.name.localeCompare(right.name))
    .map((fixture) => ({ ...fixture, isFixture: true }));
  for (const name of await foldersOf(dir)) {
    const folder = path.join(dir ?? "", name);
    const files = await readdir(folder);
    const [inputs, outputs] = [readArrays(folder, "input", files), readArrays(folder, "output", files)];
    const runs: FixtureRun[] = outputs.length === 0 ? [] : [{ inputs, outputs }];
    for (const [file, format] of Object.entries(FORMATS))
      if (files.includes(file)) cases.push({ name, file, format, bytes: await readFile(path.join(folder, file)), runs, isFixture: false });
  }
  return cases;
}

/** The graphs that were simplified by onnxsim too: tf2onnx's where the repository or `dir` has them, else what our own conversion writes first. */
export async function cleanUpCases(dir: string | undefined): Promise<CleanUpCase[]> {
  const onnx = async (name: string, file: string): Promise<CleanUpCase> => ({ name, file: GRAPH, bytes: await readFile(file) });
  const cases = [await onnx("mnist_cnn_bn", samples.mnistCnn), await onnx("mini_mobilenet_w2", samples.mnistMobilenet)];
  cases.push(...kerasFixtures().filter(({ file }) => file === "model.keras"));
  for (const name of await foldersOf(dir))
    if ((await readdir(path.join(dir ?? "", name))).includes(GRAPH)) cases.push(await onnx(name, path.join(dir ?? "", name, GRAPH)));
  return cases;
}

async function foldersOf(dir: string | undefined): Promise<string[]> {
  if (dir === undefined) return [];
  const entries = await readdir(dir, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).toSorted();
}

/** `input_0.npy`, `input_1.npy` … in a folder. */
function readArrays(folder: string, prefix: string, files: readonly string[]): TestTensor[] {
  const tensors: TestTensor[] = [];
  for (let index = 0; files.includes(`${prefix}_${index}.npy`); index += 1)
    tensors.push(readNpy(path.join(folder, `${prefix}_${index}.npy`)));
  return tensors;
}
