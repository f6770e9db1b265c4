import { FlotillaError, isFlotillaError } from "@flotilla/contracts";
import { ERRORS } from "@tus/server";

/** What the tus library throws: plain objects and errors alike. */
export type TusError = Error | { status_code: number; body: string };

/** More bytes came than were announced: by the length of the request, or by counting them. */
export function isTooMuch(error: TusError): boolean {
  return "status_code" in error && error.status_code === ERRORS.ERR_SIZE_EXCEEDED.status_code;
}

/** The library's refusals in our words and codes; null for what nobody foresaw. */
export function toFlotillaError(error: TusError): FlotillaError | null {
  if (isFlotillaError(error)) return error;
  if (!("status_code" in error)) return null;
  // A newer request for the same upload, of a client that lost its connection or of another tab, takes the older one's place.
  if (error.body === ERRORS.ABORTED.body) return new FlotillaError("CONFLICT", "Another request continues this upload.", { cause: error });
  switch (error.status_code) {
    case ERRORS.FILE_NOT_FOUND.status_code:
    case ERRORS.FILE_NO_LONGER_EXISTS.status_code:
      return new FlotillaError("NOT_FOUND", "No byte of this upload is here; choose the file again.", { cause: error });
    case ERRORS.INVALID_OFFSET.status_code:
      return new FlotillaError("CONFLICT", "These bytes do not follow the ones that have arrived; ask how far the upload is.", {
        cause: error,
      });
    case ERRORS.ERR_SIZE_EXCEEDED.status_code:
      return new FlotillaError("TOO_LARGE", "More bytes came than the upload was announced with.", { cause: error });
    default:
      return error.status_code < 500 ? new FlotillaError("INVALID_INPUT", error.body.trim(), { cause: error }) : null;
  }
}
