import { z } from "zod";

/** The input of every procedure that is about one row. */
export const byId = z.object({ id: z.uuid() });
