export { OnnxError, type OnnxErrorCode } from "./errors.ts";
export { type OnnxModel, opsetOf } from "./graph/model.ts";
export { readModel } from "./graph/read-model.ts";
export { writeModel } from "./graph/write-model.ts";
export { inspectModel } from "./inspect/inspect-model.ts";
export { type FileFormat, sniffFormat } from "./limits/sniff-format.ts";
export { simplify } from "./passes/simplify.ts";
export { RangeObserver, type Ranges } from "./quantise/range-observer.ts";
