import { z } from "zod";

/** What a statement says, in data: a stable code with its numbers and names, for translation. */
export const statementCodeSchema = z.object({
  code: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type StatementCode = z.infer<typeof statementCodeSchema>;

/** A statement for people: a code and its numbers for translation, and the sentence in English. */
export const statementSchema = statementCodeSchema.extend({ sentence: z.string() });
export type Statement = z.infer<typeof statementSchema>;
