import { FlotillaError } from "@flotilla/contracts";

/** What a caller hears about a row that is not there or belongs to another organisation: the two are not told apart. */
export function notFound(what: string): FlotillaError {
  return new FlotillaError("NOT_FOUND", `This ${what} does not exist, or it belongs to another organisation.`);
}
