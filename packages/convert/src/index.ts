/** Other frameworks' models ⇄ the graph of packages/onnx. Run none of this on foreign bytes outside a child process with limits. */
export type { Unsupported } from "./errors.ts";
export { convertKeras, type KerasConversion, type KerasOptions } from "./keras/convert-keras.ts";
export type { KerasArchive, KerasForm } from "./keras/container/keras-archive.ts";
export { inspectKeras, type KerasInspection } from "./keras/inspect-keras.ts";
export { LAYER_KINDS } from "./keras/layers/registry.ts";
export { readKeras } from "./keras/read-keras.ts";
