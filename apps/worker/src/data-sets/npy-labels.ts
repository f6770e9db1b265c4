import { FlotillaError } from "@flotilla/contracts/errors";
import { readNpy } from "@flotilla/validate/npy";
import type { Labels } from "./parse-labels.ts";

/** Labels out of a one-dimensional `.npy` of whole numbers, one a sample. Throws LABELS_INVALID. */
export function labelsFromNpy(bytes: Uint8Array, sampleCount: number): Labels {
  const array = readNpy(bytes);
  const values = Array.from(array.data as ArrayLike<number | bigint>, Number);
  if (values.length !== sampleCount || array.shape.length > 2) {
    throw new FlotillaError("LABELS_INVALID", `labels.npy has ${values.length} values for ${sampleCount} samples; one a sample is needed.`);
  }
  const wrong = values.find((value) => !Number.isInteger(value) || value < -1 || value >= 100_000);
  if (wrong !== undefined) throw new FlotillaError("LABELS_INVALID", `labels.npy holds ${wrong}; labels are class numbers from 0 up.`);
  const classCount = values.reduce((highest, value) => Math.max(highest, value), -1) + 1;
  return { labels: Int32Array.from(values), classNames: Array.from({ length: classCount }, (_, index) => String(index)) };
}
