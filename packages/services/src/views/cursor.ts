import { FlotillaError } from "@flotilla/contracts";

/** A keyset position as one opaque string: what the last row of a page was sorted by. */
export function encodeCursor(parts: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

/** Takes a cursor of `length` parts apart; INVALID_INPUT for one that `encodeCursor` did not make. */
export function decodeCursor(cursor: string, length: number): (string | number | null)[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    const valid =
      Array.isArray(parts) &&
      parts.length === length &&
      parts.every((part) => part === null || typeof part === "string" || typeof part === "number");
    if (valid) return parts as (string | number | null)[];
  } catch {
    // Not ours: said below.
  }
  throw new FlotillaError("INVALID_INPUT", "This page's position cannot be read; start again from the first page.");
}
