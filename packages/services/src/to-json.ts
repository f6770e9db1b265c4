import type { Prisma } from "@flotilla/db";

/** A contract's value for a JSON column: contracts are JSON by construction, which Prisma's type cannot see. */
export function toJson(value: unknown): Prisma.InputJsonValue {
  return value as Prisma.InputJsonValue;
}
