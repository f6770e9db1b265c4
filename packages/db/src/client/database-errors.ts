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
