import { convertError } from "../errors.ts";
import { readZip } from "../zip/read-zip.ts";
import type { KerasArchive } from "./container/keras-archive.ts";
import { readH5 } from "./container/read-h5.ts";
import { readKerasV3 } from "./container/read-keras-v3.ts";
import { readTfjs } from "./container/read-tfjs.ts";
import { slotsOf } from "./layers/registry.ts";

/**
 * Opens a saved Keras model by what it is, not by its name: HDF5, a `.keras` archive, or a zip with a TensorFlow.js `model.json` and its weight
 * files. Weights are read when they are asked for.
 * @throws FlotillaError NOT_A_MODEL for anything else, and the codes of the readers
 */
export function readKeras(bytes: Uint8Array): KerasArchive {
  if (bytes.length === 0) throw convertError("EMPTY_FILE", "The file is empty. Save the model again and upload it.");
  if (!isZip(bytes)) return readH5(bytes, slotsOf);
  const zip = readZip(bytes);
  const modelJson = zip.names.find((name) => name === "model.json" || name.endsWith("/model.json"));
  if (zip.names.includes("config.json") || modelJson === undefined) return readKerasV3(bytes, slotsOf);
  const folder = modelJson.slice(0, -"model.json".length);
  return readTfjs(Buffer.from(zip.read(modelJson)).toString("utf8"), (path) => zip.read(`${folder}${path}`), slotsOf);
}

function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 0x03 && bytes[3] === 0x04;
}
