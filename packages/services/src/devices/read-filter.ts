import { FlotillaError } from "@flotilla/contracts";
import { type Filter, parseFilter, sayFilterError } from "@flotilla/domain/filter";

/** A filter's text as its tree. Throws FILTER_INVALID, whose `details` say the reader's code and where in the text it is. */
export function readFilter(text: string): Filter {
  const parsed = parseFilter(text);
  if (parsed.ok) return parsed.filter;
  const { error } = parsed;
  throw new FlotillaError("FILTER_INVALID", `The filter cannot be read at character ${error.start + 1}. ${sayFilterError(error)}`, {
    details: { ...error },
  });
}
