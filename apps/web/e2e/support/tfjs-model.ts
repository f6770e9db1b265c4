import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

/** The mean of each of three channels of a picture, times these. */
const KERNEL = [1, 0, 0, 0, 2, 0, 0, 0, 3];
const BIAS = [0.5, 0, -0.5];

/** A model as TensorFlow.js saves it: `model.json` and a weight file beside it. Takes `picture` [n, 4, 5, 3]. Returns the two paths. */
export async function writeTfjsModel(): Promise<string[]> {
  const layer = (class_name: string, config: object): object => ({ class_name, config: { trainable: true, ...config } });
  const layers = [
    layer("InputLayer", { name: "picture", batch_input_shape: [null, 4, 5, 3], dtype: "float32", sparse: false }),
    layer("GlobalAveragePooling2D", { name: "mean", data_format: "channels_last" }),
    layer("Dense", { name: "answer", units: 3, activation: "linear", use_bias: true }),
  ];
  const weights = [
    { name: "answer/kernel", shape: [3, 3], dtype: "float32" },
    { name: "answer/bias", shape: [3], dtype: "float32" },
  ];
  const model = {
    format: "layers-model",
    modelTopology: { keras_version: "tfjs-layers 4.22.0", class_name: "Sequential", config: { name: "means", layers } },
    weightsManifest: [{ paths: ["group1-shard1of1.bin"], weights }],
  };
  const folder = path.join(await mkdtemp(path.join(os.tmpdir(), "flotilla-tfjs-")), "means");
  await mkdir(folder);
  const files = [path.join(folder, "model.json"), path.join(folder, "group1-shard1of1.bin")] as const;
  await writeFile(files[0], JSON.stringify(model));
  await writeFile(files[1], Buffer.from(Float32Array.from([...KERNEL, ...BIAS]).buffer));
  return [...files];
}
