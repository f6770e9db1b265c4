/**
 * Stable error codes. A code is never renamed or reused; its sentence may change.
 * `status` is the HTTP status a transport maps it to.
 */
export const ERROR_CODES = {
  // upload and inspection
  NOT_A_MODEL: { status: 422 },
  EMPTY_FILE: { status: 422 },
  TRUNCATED_FILE: { status: 422 },
  WRONG_EXTENSION: { status: 422 },
  UNSUPPORTED_FORMAT: { status: 422 },
  UNSUPPORTED_OPSET: { status: 422 },
  UNSUPPORTED_OPERATOR: { status: 422 },
  INVALID_GRAPH: { status: 422 },
  TOO_DEEP: { status: 422 },
  TOO_MANY_NODES: { status: 422 },
  TOO_LARGE: { status: 413 },
  EXTERNAL_DATA_OUTSIDE: { status: 422 },
  EXTERNAL_DATA_MISSING: { status: 422 },
  DIMENSION_OVERFLOW: { status: 422 },
  HASH_MISMATCH: { status: 422 },
  UPLOAD_EXPIRED: { status: 410 },
  UPLOAD_INCOMPLETE: { status: 409 },
  // data sets
  NOT_A_DATA_SET: { status: 422 },
  ARCHIVE_UNSAFE_PATH: { status: 422 },
  ARCHIVE_LINK: { status: 422 },
  ARCHIVE_BOMB: { status: 422 },
  ARCHIVE_BROKEN: { status: 422 },
  IMAGE_BROKEN: { status: 422 },
  LABELS_INVALID: { status: 422 },
  PREPROCESSING_MISMATCH: { status: 422 },
  // a user's own inputs and outputs, which a conversion is compared with
  REFERENCE_NAMES: { status: 422 },
  REFERENCE_SHAPES: { status: 422 },
  REFERENCE_TYPES: { status: 422 },
  REFERENCE_COUNTS: { status: 422 },
  // running model code
  OUT_OF_MEMORY: { status: 422 },
  TIMED_OUT: { status: 422 },
  CHILD_CRASHED: { status: 500 },
  RUNTIME_REFUSED: { status: 422 },
  CANCELLED: { status: 409 },
  // operator plane
  UNAUTHENTICATED: { status: 401 },
  FORBIDDEN: { status: 403 },
  NOT_FOUND: { status: 404 },
  CONFLICT: { status: 409 },
  INVALID_INPUT: { status: 400 },
  FILTER_INVALID: { status: 422 },
  INVALID_TRANSITION: { status: 409 },
  // rollouts and what people decide about them
  RELEASE_INVALIDATED: { status: 409 },
  APPROVAL_BY_SAME_PERSON: { status: 403 },
  APPROVAL_OUTDATED: { status: 409 },
  RATE_LIMITED: { status: 429 },
  SETUP_DONE: { status: 410 },
  // device plane
  TOKEN_INVALID: { status: 401 },
  TOKEN_EXPIRED: { status: 401 },
  TOKEN_USED_UP: { status: 401 },
  CERTIFICATE_REQUIRED: { status: 401 },
  CERTIFICATE_REPLACED: { status: 401 },
  DEVICE_REVOKED: { status: 403 },
  NOT_ASSIGNED: { status: 404 },
  CSR_INVALID: { status: 400 },
  // agent
  ENVELOPE_INVALID: { status: 422 },
  SIGNATURE_INVALID: { status: 422 },
  SIGNED_BY_UNKNOWN_KEY: { status: 422 },
  RELEASE_REPLAYED: { status: 422 },
  LENGTH_MISMATCH: { status: 422 },
  DIGEST_MISMATCH: { status: 422 },
  PROFILE_MISMATCH: { status: 422 },
  NOT_ENOUGH_DISK: { status: 422 },
  NOT_ENOUGH_MEMORY: { status: 422 },
  RUNTIME_MISSING: { status: 422 },
  OPSET_TOO_NEW: { status: 422 },
  PROBE_GOLDEN_FAILED: { status: 422 },
  PROBE_TOO_SLOW: { status: 422 },
  PROBE_TOO_MUCH_MEMORY: { status: 422 },
  HOST_CRASHED: { status: 422 },
  HOST_HUNG: { status: 422 },
  TOO_MANY_ATTEMPTS: { status: 422 },
  DATA_NOT_WRITABLE: { status: 422 },
  JOURNAL_BROKEN: { status: 422 },
  CLOCK_WRONG: { status: 422 },
  INTERNAL: { status: 500 },
} as const satisfies Record<string, { status: number }>;

export type ErrorCode = keyof typeof ERROR_CODES;

export const errorCodes = Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]];

/**
 * The one error type that crosses package borders. `message` is a sentence that a person can act on: what is wrong, with its
 * numbers, and what to do. Transports map `code` to a status in one place.
 */
export class FlotillaError extends Error {
  override readonly name = "FlotillaError";
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; details?: Readonly<Record<string, unknown>> } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }

  get status(): number {
    return ERROR_CODES[this.code].status;
  }
}

export function isFlotillaError(value: unknown): value is FlotillaError {
  return value instanceof FlotillaError;
}
