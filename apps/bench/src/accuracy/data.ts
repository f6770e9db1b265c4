import { readFile } from "node:fs/promises";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { samples } from "@flotilla/samples";
import { decodeImage } from "@flotilla/validate/image";
import { readNpy } from "@flotilla/validate/npy";
import yauzl from "yauzl";
import type { PixelSet } from "./pixel-set.ts";

export async function readMnist(set: "calibration" | "test"): Promise<PixelSet> {
  const [images, labels] =
    set === "test" ? [samples.mnistTestImages, samples.mnistTestLabels] : [samples.mnistCalibrationImages, samples.mnistCalibrationLabels];
  const pixels = readNpy(await readFile(images)).data as Uint8Array;
  return { pixels, shape: [28, 28, 1], count: pixels.length / 784, labels: Array.from(readNpy(await readFile(labels)).data, Number) };
}

/** All of MNIST's test set, from a folder with its two IDX files. */
export async function readMnistFolder(folder: string): Promise<PixelSet> {
  const images = await readFile(path.join(folder, "t10k-images-idx3-ubyte"));
  const labels = await readFile(path.join(folder, "t10k-labels-idx1-ubyte"));
  const pixels = images.subarray(16);
  return { pixels, shape: [28, 28, 1], count: pixels.length / 784, labels: [...labels.subarray(8)] };
}

/** The pictures of a zip in the order of their names, all of the same size. */
export async function readPhotos(file: string): Promise<PixelSet> {
  const zip = await yauzl.openPromise(file, { autoClose: false });
  const images: { name: string; data: Uint8Array; shape: readonly number[] }[] = [];
  for await (const entry of zip.eachEntry()) {
    const name = entry.fileName;
    if (!name.endsWith(".png")) continue;
    const { data, height, width, channels } = decodeImage(await buffer(await zip.openReadStreamPromise(entry)));
    images.push({ name, data, shape: [height, width, channels] });
  }
  zip.close();
  images.sort((a, b) => (a.name < b.name ? -1 : 1));
  const [first] = images;
  if (first === undefined) throw new Error(`${file} holds no PNG file.`);
  return { pixels: Buffer.concat(images.map(({ data }) => data)), shape: first.shape, count: images.length, labels: null };
}
