import { type ErrorCode, ERROR_CODES, isFlotillaError } from "@flotilla/contracts/errors";
import { meansOutOfMemory } from "./explain-exit.ts";

/** A sentence quotes names of the file, and a name may be as long as the file. */
const MAX_MESSAGE = 8_000;

/** Code and sentence of whatever a handler threw. */
export function describeError(error: unknown): { code: ErrorCode; message: string } {
  const { code, message } = explain(error);
  return { code, message: message.length <= MAX_MESSAGE ? message : `${message.slice(0, MAX_MESSAGE)}…` };
}

function explain(error: unknown): { code: ErrorCode; message: string } {
  if (isFlotillaError(error)) return { code: error.code, message: error.message };
  const message = error instanceof Error ? error.message : String(error);
  // packages/onnx may not import the contracts; its codes have the same names.
  if (error instanceof Error && "code" in error && isErrorCode(error.code)) return { code: error.code, message };
  if (meansOutOfMemory(message) || error instanceof RangeError) {
    return {
      code: "OUT_OF_MEMORY",
      message: `There was not enough memory for the file: ${message}. Make the model or its inputs smaller.`,
    };
  }
  return { code: "CHILD_CRASHED", message: `Reading the file failed unexpectedly: ${message}. Please report this.` };
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === "string" && Object.hasOwn(ERROR_CODES, code);
}
