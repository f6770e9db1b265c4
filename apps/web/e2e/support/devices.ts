import { readFile } from "node:fs/promises";
import path from "node:path";
import { samples } from "@flotilla/samples";
import { readNpy } from "@flotilla/validate/npy";

/** Where a device's inference endpoint listens on loopback: it writes its port into its data directory. */
export async function readHostInfo(directory: string): Promise<{ url: string }> {
  const { port } = JSON.parse(await readFile(path.join(directory, "host.json"), "utf8")) as { port: number };
  return { url: `http://127.0.0.1:${port}` };
}

/** The first images of MNIST's test set as raw bytes, with their labels. */
export async function testImages(count: number): Promise<{ images: Uint8Array[]; labels: number[] }> {
  const images = readNpy(await readFile(samples.mnistTestImages));
  const labels = readNpy(await readFile(samples.mnistTestLabels));
  const pixels = images.data as Uint8Array;
  return {
    images: Array.from({ length: count }, (_, index) => pixels.subarray(index * 784, (index + 1) * 784)),
    labels: Array.from({ length: count }, (_, index) => Number(labels.data[index])),
  };
}

/**
 * Classifies raw images by the device's own endpoint (Open Inference Protocol v2): the device applies the release's preprocessing.
 *
 * @returns the class with the largest score, per image
 */
export async function callInference(url: string, model: string, images: readonly Uint8Array[], input = "image"): Promise<number[]> {
  const classes: number[] = [];
  for (const image of images) {
    const body = { inputs: [{ name: input, shape: [1, 28, 28, 1], datatype: "UINT8", data: [...image] }] };
    const response = await fetch(`${url}/v2/models/${model}/infer`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
    const { outputs } = (await response.json()) as { outputs: { data: number[] }[] };
    const scores = outputs[0]?.data ?? [];
    classes.push(scores.indexOf(Math.max(...scores)));
  }
  return classes;
}
