import { Prisma } from "../generated/client.ts";

/** Whether a statement met a row that is already there (unique constraint), by Prisma or by plain SQL. */
export function isUniqueViolation(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientKnownRequestError) {
    return error.code === "P2002" || (error.code === "P2010" && error.message.includes("23505"));
  }
  return error instanceof Error && "code" in error && error.code === "23505";
}

/** Whether an update or delete by id found no row. */
export function isMissingRow(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2025";
}

/** SQLSTATE classes 22 (data exception) and 23 (integrity constraint violation). */
const DATA_ERROR = /^2[23]...$/;

/**
 * true where the values of a statement are to blame, so that the same values would fail again: Postgres refused them, or they broke the code that
 * made the statement. false where the server was: away, restarting, full, or another transaction's victim.
 */
export function isDataError(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return true;
  return error instanceof Error && "code" in error && typeof error.code === "string" && DATA_ERROR.test(error.code);
}
