import { randomUUID } from "node:crypto";
import type { Role } from "@flotilla/contracts";
import type { Tx } from "@flotilla/db";

export interface NewAccount {
  organisationId: string;
  role: Role;
  name: string;
  email: string;
  /** From `hashPassword`, made before the transaction: it takes a tenth of a second on purpose. */
  passwordHash: string;
  now: Date;
}

/** A person with a password, as the auth library expects the rows, and the membership; returns the user's id. */
export async function createAccount(tx: Tx, account: NewAccount): Promise<string> {
  const userId = randomUUID();
  const { now } = account;
  await tx.user.create({ data: { id: userId, name: account.name, email: account.email, createdAt: now, updatedAt: now } });
  await tx.account.create({
    data: {
      id: randomUUID(),
      accountId: userId,
      providerId: "credential",
      userId,
      password: account.passwordHash,
      createdAt: now,
      updatedAt: now,
    },
  });
  await tx.member.create({
    data: { id: randomUUID(), organizationId: account.organisationId, userId, role: account.role, createdAt: now },
  });
  return userId;
}
