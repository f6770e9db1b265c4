import { z } from "zod";
import { convertError } from "../errors.ts";
import { readZip, type ZipArchive } from "../zip/read-zip.ts";
import type { KerasArchive } from "./container/keras-archive.ts";
import { parseJson } from "./container/parse-json.ts";
import { readH5 } from "./container/read-h5.ts";
import { readKerasV3 } from "./container/read-keras-v3.ts";
import { readTfjs } from "./container/read-tfjs.ts";
import { slotsOf } from "./layers/registry.ts";

/**
 * Opens a saved Keras model by what it is, not by its name: HDF5, a `.keras` archive, or a zip with a TensorFlow.js `model.json` and its weight files,
 * with one `.h5` or `.keras` file, or with `config.json` (or `model.json`) of `to_json()` beside the files of `save_weights()`. Class names beside the model (`labels.txt`, `metadata.json`, as Teachable Machine writes them) come along.
 * Weights are read when they are asked for.
 * @throws FlotillaError NOT_A_MODEL for anything else, and the codes of the readers
 */
export function readKeras(bytes: Uint8Array): KerasArchive {
  if (bytes.length === 0) throw convertError("EMPTY_FILE", "The file is empty. Save the model again and upload it.");
  if (!isZip(bytes)) return readH5(bytes, slotsOf);
  const zip = readZip(bytes);
  const archive = readArchive(zip);
  const labels = archive.labels.length > 0 ? archive.labels : readLabels(zip);
  return { ...archive, labels };
}

function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 0x03 && bytes[3] === 0x04;
}

function readArchive(zip: ZipArchive): KerasArchive {
  const config = zip.names.find((name) => /(?:^|\/)config\.json$/.test(name));
  if (config !== undefined) return readKerasV3(zip, config, slotsOf);
  const modelJson = zip.names.find((name) => /(?:^|\/)model\.json$/.test(name));
  if (modelJson !== undefined) {
    const folder = modelJson.slice(0, -"model.json".length);
    const text = textOf(zip, modelJson);
    // model.to_json() is often saved under the name that TensorFlow.js uses.
    if (!text.includes('"modelTopology"') && text.includes('"class_name"')) return readKerasV3(zip, modelJson, slotsOf);
    return readTfjs(text, (path) => zip.read(`${folder}${path}`), slotsOf);
  }
  // macOS adds what it knows of each file under a name of its own.
  const models = zip.names.filter((name) => /\.(?:h5|hdf5|keras)$/i.test(name) && !name.startsWith("__MACOSX/"));
  const [only = "", ...others] = models;
  if (only === "" || others.length > 0)
    throw convertError(
      "NOT_A_MODEL",
      `The archive has ${models.length} Keras models inside, where one is due. Upload the .keras or .h5 file itself.`,
    );
  const inner = zip.read(only);
  return isZip(inner) ? readArchive(readZip(inner)) : readH5(inner, slotsOf);
}

const labelsSchema = z.looseObject({ labels: z.array(z.string()) });

/** `labels.txt` has a line per class, with or without its number in front. */
function readLabels(zip: ZipArchive): readonly string[] {
  const list = zip.names.find((name) => /(?:^|\/)labels\.txt$/.test(name));
  if (list !== undefined) {
    const lines = textOf(zip, list)
      .split(/\r?\n/)
      .filter((line) => line.trim() !== "");
    const numbered = lines.every((line, index) => line.startsWith(`${index} `));
    return lines.map((line, index) => (numbered ? line.slice(`${index} `.length) : line));
  }
  const metadata = zip.names.find((name) => /(?:^|\/)metadata\.json$/.test(name));
  const parsed = metadata === undefined ? null : labelsSchema.safeParse(parseJson(textOf(zip, metadata), "metadata.json"));
  return parsed?.success === true ? parsed.data.labels : [];
}

function textOf(zip: ZipArchive, name: string): string {
  return Buffer.from(zip.read(name)).toString("utf8");
}
