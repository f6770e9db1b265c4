import { randomUUID } from "node:crypto";
import type { ServiceContext } from "../context.ts";
import { createOneTimeToken } from "../auth/one-time-token.ts";

export interface PreparedOrganisation {
  organisationId: string;
  /** For `/setup?token=…`; null once an owner exists. Made anew at each start until then: earlier ones end. */
  setupToken: string | null;
}

/** At every start: makes the first organisation where there is none, and the one-time link of its owner until there is one. */
export async function prepareOrganisation(ctx: ServiceContext, input: { name?: string } = {}): Promise<PreparedOrganisation> {
  return ctx.db.transaction(async (tx) => {
    // Two processes that start together must not make two organisations.
    await tx.$executeRawUnsafe("SELECT pg_advisory_xact_lock(hashtextextended('flotilla-setup', 0))");
    const now = ctx.clock();
    const organisation =
      (await tx.organization.findFirst({ orderBy: { createdAt: "asc" } })) ??
      (await tx.organization.create({ data: { id: randomUUID(), name: input.name ?? "My fleet", slug: "main", createdAt: now } }));
    const organisationId = organisation.id;
    const owners = await tx.member.count({ where: { organizationId: organisationId, role: "owner" } });
    await tx.setupToken.deleteMany({ where: { organisationId, usedAt: null } });
    if (owners > 0) return { organisationId, setupToken: null };
    const { token, tokenSha256 } = createOneTimeToken();
    await tx.setupToken.create({ data: { organisationId, tokenSha256, createdAt: now } });
    return { organisationId, setupToken: token };
  });
}
