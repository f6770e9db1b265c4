import { FlotillaError } from "@flotilla/contracts";

/** Where a keyset page ended: the sort value and the id of its last row. Opaque outside. */
export interface PageKey {
  value: string | number | null;
  id: string;
}

export function encodeCursor(key: PageKey): string {
  return Buffer.from(JSON.stringify([key.value, key.id])).toString("base64url");
}

/** @throws FlotillaError INVALID_INPUT for anything that encodeCursor did not write */
export function decodeCursor(cursor: string): PageKey {
  try {
    const [value, id] = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")) as [unknown, unknown];
    if (typeof id === "string" && /^[0-9a-f-]{36}$/.test(id) && (value === null || typeof value === "string" || typeof value === "number")) return { value, id };
  } catch {
    // Told below.
  }
  throw new FlotillaError("INVALID_INPUT", "This page's address is damaged. Go back to the first page.");
}
