/** Other frameworks' models ⇄ the graph of packages/onnx. Run none of this on foreign bytes outside a child process with limits. */
export type { Unsupported } from "./errors.ts";
export { convertError, unsupportedError } from "./errors.ts";
