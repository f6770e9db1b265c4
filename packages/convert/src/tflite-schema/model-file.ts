import { convertError } from "../errors.ts";
import { FlatbufferError } from "../flatbuffer/errors.ts";
import type { Draft } from "../flatbuffer/layout.ts";
import { readFlatbuffer } from "../flatbuffer/read-flatbuffer.ts";
import { writeFlatbuffer } from "../flatbuffer/write-flatbuffer.ts";
import { type Model, TFLITE } from "./gen/tflite.ts";

/**
 * A `.tflite` file as plain objects; the weights are views into `bytes`. Every offset is checked here, no index into another list is.
 * @throws FlotillaError TRUNCATED_FILE or INVALID_GRAPH
 */
export function readModelFile(bytes: Uint8Array): Model {
  try {
    return readFlatbuffer(TFLITE, bytes) as Model;
  } catch (error) {
    if (!(error instanceof FlatbufferError)) throw error;
    throw convertError(
      "INVALID_GRAPH",
      `The TFLite file is damaged: ${error.message} Export it again, or copy it again from where it came.`,
      error,
    );
  }
}

/** The bytes of a `.tflite` file. */
export function writeModelFile(model: Draft<Model>): Uint8Array {
  return writeFlatbuffer(TFLITE, model);
}
