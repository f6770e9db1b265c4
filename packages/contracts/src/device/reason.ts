import { z } from "zod";
import { errorCodes } from "../errors.ts";

/** What a device says is stored together with the whole fleet's: a text that Postgres refuses would fail every report of its batch. */
export const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => !value.includes("\u0000"), "a text has no NUL character");

export const reasonSchema = z.object({ code: z.enum(errorCodes), message: text(1000) });
export type Reason = z.infer<typeof reasonSchema>;
