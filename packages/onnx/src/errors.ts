/** The codes that this package raises. They equal the names in the contracts' error table, which this package may not import. */
export type OnnxErrorCode =
  | "NOT_A_MODEL"
  | "EMPTY_FILE"
  | "TRUNCATED_FILE"
  | "WRONG_EXTENSION"
  | "UNSUPPORTED_FORMAT"
  | "UNSUPPORTED_OPSET"
  | "UNSUPPORTED_OPERATOR"
  | "INVALID_GRAPH"
  | "TOO_DEEP"
  | "TOO_MANY_NODES"
  | "TOO_LARGE"
  | "EXTERNAL_DATA_OUTSIDE"
  | "EXTERNAL_DATA_MISSING"
  | "DIMENSION_OVERFLOW"
  | "INVALID_INPUT"
  | "INTERNAL";

/** What exactly is wrong, in data: for a translation of the sentence. */
export interface ErrorReason {
  readonly code: string;
  readonly params: Readonly<Record<string, string | number>>;
}

/** `message` is a sentence for a person: what is wrong, with its numbers, and what would help. */
export class OnnxError extends Error {
  override readonly name = "OnnxError";
  readonly code: OnnxErrorCode;
  readonly reason: ErrorReason | null;

  constructor(code: OnnxErrorCode, message: string, options: { cause?: unknown; reason?: ErrorReason } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.reason = options.reason ?? null;
  }
}
