import type { FileTensor, FileTensors } from "@flotilla/contracts";
import { type TfliteDescription, type WrittenTensor, writeTflite } from "@flotilla/convert";
import type { OnnxModel } from "@flotilla/onnx";

export interface TfliteSetup {
  readonly precision: "float32" | "float16" | "int8";
  readonly dimensions: Readonly<Record<string, number>>;
  readonly description: TfliteDescription | null;
}

export interface TfliteFile {
  readonly bytes: Uint8Array;
  readonly tensors: FileTensors;
  /** Nodes of an int8 file that calculate in float. */
  readonly floatNodes: readonly string[];
  readonly notes: readonly string[];
}

/** A model as a TFLite file, with its inputs and outputs as they stand in it. Changes `model`. Throws what `writeTflite` throws. */
export function writeTfliteFile(model: OnnxModel, { precision, dimensions, description }: TfliteSetup): TfliteFile {
  const { bytes, inputs, outputs, floatNodes, notes } = writeTflite(model, {
    precision,
    dimensions,
    ...(description === null ? {} : { description }),
  });
  return { bytes, tensors: { inputs: inputs.map(toFileTensor), outputs: outputs.map(toFileTensor) }, floatNodes, notes };
}

function toFileTensor({ name, shape, perm, type, scale, zeroPoint }: WrittenTensor): FileTensor {
  return { name, shape: [...shape], perm: [...perm], type: type.toLowerCase(), scale, zeroPoint };
}
