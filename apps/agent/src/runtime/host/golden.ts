import type { ReleaseManifest, TensorSpec } from "@flotilla/contracts";
import { toElements } from "@flotilla/validate/feed";
import { type NpyArray, readNpy } from "@flotilla/validate/npy";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isClassification, topClass } from "./classes.ts";
import type { LoadedModel } from "./load-model.ts";
import { type OrtTensor, type SessionResults, Tensor } from "./ort.ts";

/** As numpy.allclose, with bounds that an int8 model of the same function keeps: |a - b| ≤ ATOL + RTOL·|b|. */
const ATOL = 1e-2;
const RTOL = 5e-2;

const cache = new Map<string, NpyArray>();

/** A golden file; read once, a few MB at most. */
async function load(directory: string, name: string): Promise<NpyArray> {
  const path = join(directory, name);
  const known = cache.get(path);
  if (known !== undefined) return known;
  const array = readNpy(await readFile(path));
  cache.set(path, array);
  return array;
}

/** Frees the golden set once the probe is over. */
export function forgetGolden(): void {
  cache.clear();
}

/** Sample `index` of the first axis. */
function sampleOf(array: NpyArray, index: number): { dims: number[]; data: NpyArray["data"] } {
  const dims = array.shape.slice(1);
  const size = dims.reduce((product, dimension) => product * dimension, 1);
  return { dims, data: array.data.slice(index * size, (index + 1) * size) };
}

/** In the input's own element type, with a batch axis of one unless the sample has all of the input's axes. */
function toInput(spec: TensorSpec, { dims, data }: ReturnType<typeof sampleOf>): OrtTensor {
  const values = data instanceof Float32Array ? toElements(spec, data) : data;
  return new Tensor(spec.type as "float32", values as Float32Array, dims.length === spec.shape.length ? dims : [1, ...dims]);
}

/** Feeds for one golden sample: `files[i]` belongs to the model's input `i`. */
export async function goldenFeeds(
  directory: string,
  files: readonly string[],
  inputs: readonly TensorSpec[],
  index: number,
): Promise<Record<string, OrtTensor>> {
  const feeds: Record<string, OrtTensor> = {};
  for (const [i, spec] of inputs.entries()) {
    const name = files[i];
    if (name === undefined) throw new Error(`the golden set has no file for input ${spec.name}`);
    feeds[spec.name] = toInput(spec, sampleOf(await load(directory, name), index));
  }
  return feeds;
}

/** Replays samples [from, to) and counts those on which this device agrees with the source model. */
export async function replayGolden(model: LoadedModel, from: number, to: number): Promise<{ count: number; agreed: number }> {
  const { manifest, session, directory } = model;
  let agreed = 0;
  for (let index = from; index < to; index += 1) {
    const feeds = await goldenFeeds(
      directory,
      manifest.golden.inputs.map((file) => file.name),
      manifest.inputs,
      index,
    );
    const results = await session.run(feeds);
    if (await agrees(manifest, directory, results, index)) agreed += 1;
  }
  return { count: to - from, agreed };
}

async function agrees(manifest: ReleaseManifest, directory: string, results: SessionResults, index: number): Promise<boolean> {
  for (const [j, spec] of manifest.outputs.entries()) {
    const file = manifest.golden.outputs[j];
    const tensor = results[spec.name];
    if (file === undefined || tensor === undefined) return false;
    const expected = sampleOf(await load(directory, file.name), index);
    const actual = tensor.data as ArrayLike<number>;
    const wanted = expected.data as ArrayLike<number>;
    if (actual.length !== wanted.length) return false;
    const same = isClassification(manifest)
      ? topClass(actual) === topClass(wanted) && Number.isFinite(Number(actual[0]))
      : allClose(actual, wanted);
    if (!same) return false;
  }
  return true;
}

/** numpy.allclose; NaN is close to nothing. */
export function allClose(actual: ArrayLike<number>, expected: ArrayLike<number>): boolean {
  for (let index = 0; index < expected.length; index += 1) {
    const want = Number(expected[index]);
    if (!(Math.abs(Number(actual[index]) - want) <= ATOL + RTOL * Math.abs(want))) return false;
  }
  return true;
}
