import type { SourceFormat } from "@flotilla/contracts";
import { FlotillaError } from "@flotilla/contracts/errors";
import { type FileFormat, sniffFormat } from "@flotilla/onnx";

const NAMES: Readonly<Record<SourceFormat | "onnx", string>> = {
  onnx: "an ONNX model",
  "keras-h5": "a Keras model (HDF5)",
  "keras-v3": "a Keras 3 model (.keras)",
  "tfjs-layers": "a TensorFlow.js layers model",
  tflite: "a TensorFlow Lite model",
};

/** How to make a file that can be read of one that cannot. */
const ADVICE: Partial<Record<FileFormat, string>> = {
  "pytorch-zip": "is a PyTorch file. Export it with torch.onnx.export and upload the .onnx file.",
  pickle: "is a Python pickle, which is never opened here: it can run code. Export the model to ONNX and upload that.",
  safetensors: "holds weights without a graph (safetensors). Export the whole model to ONNX and upload that.",
  ort: "is a model in ONNX Runtime's own format, which cannot be optimised any more. Upload the .onnx file that it was made from.",
  "git-lfs-pointer": 'is a Git LFS pointer, not the model. Run "git lfs pull" and upload the file itself.',
  html: "is a web page: a download that asked for a log-in, perhaps. Download the model again and upload that.",
  json: "is JSON without the weights. Of a TensorFlow.js model, upload a .zip of model.json and its .bin files.",
};

const READ = "Upload an ONNX, Keras (.h5, .keras), TensorFlow Lite or zipped TensorFlow.js layers model.";

/** What a file name promises. Keras 2.11 and older wrote HDF5 under either of its extensions. */
const EXTENSIONS: Readonly<Record<string, readonly (SourceFormat | "onnx")[]>> = {
  ".onnx": ["onnx"],
  ".h5": ["keras-h5", "keras-v3"],
  ".hdf5": ["keras-h5", "keras-v3"],
  ".keras": ["keras-h5", "keras-v3"],
  ".tflite": ["tflite"],
};

/**
 * What kind of model a file is, by its bytes. Throws EMPTY_FILE, WRONG_EXTENSION (it is a model, of another kind than its name says) or NOT_A_MODEL with
 * what the file really is.
 */
export function recogniseFormat(bytes: Uint8Array, fileName: string): SourceFormat | "onnx" {
  const name = JSON.stringify(fileName.slice(0, 120));
  if (bytes.byteLength === 0) throw new FlotillaError("EMPTY_FILE", `${name} is empty (0 bytes). Upload the model file itself.`);
  const format = sniffFormat(bytes, fileName);
  const extension = /\.[^./\\]+$/.exec(fileName.toLowerCase())?.[0] ?? "";
  const promised = EXTENSIONS[extension];
  if (isModel(format)) {
    if (promised === undefined || promised.includes(format)) return format;
    throw new FlotillaError(
      "WRONG_EXTENSION",
      `${name} ends in "${extension}", but its content is ${NAMES[format]}. If that is the model you mean, rename it and upload it again.`,
    );
  }
  // A damaged file may no longer look like what it was: the reader's own error then says more.
  if (format === null && extension === ".onnx") return "onnx";
  const advice = format === null ? `is not a model that can be read. ${READ}` : ADVICE[format];
  throw new FlotillaError("NOT_A_MODEL", `${name} ${advice ?? `holds ${format} data, not a model. ${READ}`}`);
}

function isModel(format: FileFormat | null): format is SourceFormat | "onnx" {
  return format !== null && Object.hasOwn(NAMES, format);
}
