import type { ErrorCode } from "@flotilla/contracts";
import type { ErrorView } from "@flotilla/contracts/views";

/** The error columns of a row as the dashboard shows them; null where nothing went wrong. */
export function toErrorView(row: { errorCode: string | null; errorMessage: string | null }): ErrorView | null {
  if (row.errorCode === null) return null;
  return { code: row.errorCode as ErrorCode, message: row.errorMessage ?? "" };
}
