/** Models of other frameworks as ONNX. Each format's reader is loaded when a file of it comes. */
export { unsupportedError } from "../errors.ts";
export { convertModel } from "./convert-model.ts";
export { describeModel } from "./describe-model.ts";
export type { ModelHints } from "./source.ts";
