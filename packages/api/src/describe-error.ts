import type { TRPCError } from "@trpc/server";
import { ERROR_CODES, type ErrorCode, FlotillaError } from "@flotilla/contracts";
import { ZodError } from "zod";

/** The extra fields of an error that a client sees. `code` is stable: it is one of contracts' ERROR_CODES. */
export interface ErrorData {
  code: ErrorCode;
  httpStatus: number;
  /** Numbers and names that the sentence speaks of. */
  details: Readonly<Record<string, unknown>>;
  /** For INVALID_INPUT: which field, and what is wrong with it. */
  issues: { path: string; message: string }[];
}

/** The sentence and the data of an error as they leave the server; nothing else of an unforeseen one does. */
export function describeError(error: TRPCError): { message: string; data: ErrorData } {
  const cause = error.cause;
  if (cause instanceof FlotillaError) return { message: cause.message, data: dataFor(cause.code, cause.details) };
  if (cause instanceof ZodError) {
    const issues = cause.issues.map((issue) => ({ path: issue.path.join("."), message: issue.message }));
    const first = issues[0];
    const where = first === undefined || first.path === "" ? "" : `${first.path}: `;
    return {
      message: first === undefined ? "The input is not valid." : `${where}${first.message}`,
      data: { ...dataFor("INVALID_INPUT"), issues },
    };
  }
  if (error.code === "NOT_FOUND") return { message: error.message, data: dataFor("NOT_FOUND") };
  if (error.code === "BAD_REQUEST" || error.code === "PARSE_ERROR" || error.code === "METHOD_NOT_SUPPORTED") {
    return { message: "The request could not be read.", data: dataFor("INVALID_INPUT") };
  }
  return { message: "Something went wrong on the server; its log has the details. Try again.", data: dataFor("INTERNAL") };
}

function dataFor(code: ErrorCode, details: Readonly<Record<string, unknown>> = {}): ErrorData {
  return { code, httpStatus: ERROR_CODES[code].status, details, issues: [] };
}

const byStatus: Readonly<Record<number, TRPCError["code"]>> = {
  400: "BAD_REQUEST",
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  409: "CONFLICT",
  // tRPC has no "gone".
  410: "NOT_FOUND",
  413: "PAYLOAD_TOO_LARGE",
  422: "UNPROCESSABLE_CONTENT",
  429: "TOO_MANY_REQUESTS",
};

/** tRPC's own code, which decides the HTTP status, for one of ours. */
export function trpcCodeFor(code: ErrorCode): TRPCError["code"] {
  return byStatus[ERROR_CODES[code].status] ?? "INTERNAL_SERVER_ERROR";
}
