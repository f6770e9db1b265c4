/**
 * Other frameworks' models ⇄ the graph of packages/onnx, every reader and writer. A process that brings one file in imports `./bring-in`, which loads what that
 * file needs. Run none of this on foreign bytes outside a child process with limits.
 */
export type { Unsupported } from "./errors.ts";
export { convertError } from "./errors.ts";
export { convertTflite, type TfliteConversion } from "./tflite/convert-tflite.ts";
export type { TfliteCard } from "./tflite/read-card.ts";
export { inspectTflite, type TfliteInspection } from "./tflite/inspect-tflite.ts";
export { TFLITE_OPERATORS } from "./tflite/registry.ts";
export { readModelFile, writeModelFile } from "./tflite-schema/model-file.ts";
export { WRITE_RULES } from "./write-tflite/registry.ts";
export type { TfliteDescription } from "./write-tflite/metadata.ts";
export { type WrittenTensor, type WrittenTflite, writeTflite, type WriteTfliteOptions } from "./write-tflite/write-tflite.ts";
export { mapToEdgeTpu } from "./edge-tpu/map-operators.ts";
export { checkForOpencv } from "./opencv/check-opencv.ts";
export { convertKeras, type KerasConversion, type KerasOptions } from "./keras/convert-keras.ts";
export type { KerasArchive, KerasForm } from "./keras/container/keras-archive.ts";
export { inspectKeras, type KerasInspection } from "./keras/inspect-keras.ts";
export { LAYER_KINDS } from "./keras/layers/registry.ts";
export { readKeras } from "./keras/read-keras.ts";
