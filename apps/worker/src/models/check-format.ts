import { FlotillaError } from "@flotilla/contracts";
import { type FileFormat, sniffFormat } from "@flotilla/onnx";

/** Formats that will be converted some day: recognised, and answered honestly. */
const LATER: Partial<Record<FileFormat, string>> = {
  "keras-h5": "a Keras model (HDF5)",
  "keras-v3": "a Keras 3 model (.keras)",
  tflite: "a TensorFlow Lite model",
};

/** How to make an ONNX file of a format that is none. */
const ADVICE: Partial<Record<FileFormat, string>> = {
  "pytorch-zip": "is a PyTorch file. Export it with torch.onnx.export and upload the .onnx file.",
  pickle: "is a Python pickle, which is never opened here: it can run code. Export the model to ONNX and upload that.",
  safetensors: "holds weights without a graph (safetensors). Export the whole model to ONNX and upload that.",
  ort: "is a model in ONNX Runtime's own format, which cannot be optimised any more. Upload the .onnx file that it was made from.",
  "git-lfs-pointer": 'is a Git LFS pointer, not the model. Run "git lfs pull" and upload the file itself.',
  html: "is a web page: a download that asked for a log-in, perhaps. Download the model again and upload that.",
};

const MODEL_EXTENSIONS: Record<string, FileFormat> = { ".h5": "keras-h5", ".hdf5": "keras-h5", ".keras": "keras-v3", ".tflite": "tflite" };

/** Lets ONNX through. Throws EMPTY_FILE, WRONG_EXTENSION, UNSUPPORTED_FORMAT or NOT_A_MODEL with what the file really is. */
export function checkFormat(bytes: Uint8Array, fileName: string): void {
  const name = JSON.stringify(fileName.slice(0, 120));
  if (bytes.byteLength === 0) throw new FlotillaError("EMPTY_FILE", `${name} is empty (0 bytes). Upload the model file itself.`);
  const format = sniffFormat(bytes, fileName);
  const extension = /\.[^./\\]+$/.exec(fileName.toLowerCase())?.[0] ?? "";
  const promised = MODEL_EXTENSIONS[extension];
  if (format === "onnx") {
    if (promised === undefined) return;
    throw new FlotillaError(
      "WRONG_EXTENSION",
      `${name} ends in "${extension}", but its content is an ONNX model. Rename it to end in ".onnx" and upload it again.`,
    );
  }
  const later = format === null ? undefined : LATER[format];
  if (later !== undefined && extension === ".onnx") {
    throw new FlotillaError(
      "WRONG_EXTENSION",
      `${name} ends in ".onnx", but its content is ${later}. Export the model to ONNX and upload that file.`,
    );
  }
  if (later !== undefined) {
    throw new FlotillaError(
      "UNSUPPORTED_FORMAT",
      `${name} is ${later}. Conversion to ONNX comes in a later version; until then export it with tf2onnx and upload the .onnx file.`,
    );
  }
  // A damaged ONNX file may no longer look like one: the reader's own error then says more.
  if (format === null && extension === ".onnx") return;
  const advice = format === null ? "is not a model that can be read. Upload an ONNX file." : ADVICE[format];
  throw new FlotillaError("NOT_A_MODEL", `${name} ${advice ?? `holds ${format} data, not a model. Upload an ONNX file.`}`);
}
