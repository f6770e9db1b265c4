import { FlotillaError } from "@flotilla/contracts";
import { z } from "zod";
import { decodeCursor } from "./cursor.ts";

/** Where a page sorted by time and id ended. */
const timePosition = z.tuple([z.iso.datetime(), z.uuid()]);

/** The position of `length` parts in a cursor as `schema` describes it. Throws INVALID_INPUT for one that this list did not make. */
export function readPosition<T extends readonly unknown[]>(cursor: string, schema: z.ZodType<T>, length = 2): T {
  const parsed = schema.safeParse(decodeCursor(cursor, length));
  if (parsed.success) return parsed.data;
  throw new FlotillaError("INVALID_INPUT", "This page's position cannot be read; start again from the first page.");
}

/** `readPosition` of a list that is sorted by time. */
export function readTimePosition(cursor: string): { at: Date; id: string } {
  const [at, id] = readPosition(cursor, timePosition);
  return { at: new Date(at), id };
}
