import { FlotillaError } from "@flotilla/contracts";
import type { Tx } from "@flotilla/db";
import { notFound } from "../views/not-found.ts";

interface MemberRow {
  id: string;
  userId: string;
  role: string;
}

export interface LockedMembers {
  /** Throws NOT_FOUND for somebody who is no member. */
  require(userId: string): MemberRow;
  /** Throws CONFLICT where `userId` is the only owner: an organisation always has one. */
  requireAnotherOwner(userId: string): void;
}

/** Reads an organisation's members and keeps others from changing them until the transaction ends: two owners cannot remove each other. */
export async function lockMembers(tx: Tx, organisationId: string): Promise<LockedMembers> {
  await tx.$executeRawUnsafe("SELECT 1 FROM organization WHERE id = $1 FOR UPDATE", organisationId);
  const members = await tx.member.findMany({ where: { organizationId: organisationId }, select: { id: true, userId: true, role: true } });
  return {
    require(userId) {
      const member = members.find((row) => row.userId === userId);
      if (member === undefined) throw notFound("member");
      return member;
    },
    requireAnotherOwner(userId) {
      if (members.some((row) => row.role === "owner" && row.userId !== userId)) return;
      throw new FlotillaError("CONFLICT", "This is the organisation's last owner; make somebody else an owner first.");
    },
  };
}
