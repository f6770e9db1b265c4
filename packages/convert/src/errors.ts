import { type ErrorCode, FlotillaError } from "@flotilla/contracts/errors";
import { type Refusal, sayRefusal } from "./reasons.ts";

/** A layer or operator of the source model that has no counterpart here. */
export interface Unsupported {
  /** The layer's or the operator's own name, with the models around it: `encoder/attention`. */
  readonly name: string;
  /** Its class or operator: `Lambda`, `FFT2D`. */
  readonly kind: string;
  /** Why it is not converted, and what to do. One sentence or two. */
  readonly reason: string;
  /** The same as a code with its parameters, for other languages. Without one where only a developer or a log reads it. */
  readonly why?: Refusal;
}

export function unsupported(name: string, kind: string, why: Refusal): Unsupported {
  return { name, kind, reason: sayRefusal(why), why };
}

/** Fails with `code`; `message` says what is wrong, with its numbers, and what to do. */
export function convertError(code: ErrorCode, message: string, cause?: unknown): FlotillaError {
  return new FlotillaError(code, message, cause === undefined ? {} : { cause });
}

/** One error for everything that cannot be converted, so that nobody has to find out one at a time. `details.unsupported` is the whole list. */
export function unsupportedError(unsupported: readonly Omit<Unsupported, "why">[]): FlotillaError {
  const lines = unsupported.slice(0, 20).map(({ name, kind, reason }) => `${kind} ${JSON.stringify(name)}: ${reason}`);
  const more = unsupported.length > lines.length ? ` And ${unsupported.length - lines.length} more.` : "";
  return new FlotillaError("UNSUPPORTED_OPERATOR", `${lines.join(" ")}${more}`, { details: { unsupported } });
}
