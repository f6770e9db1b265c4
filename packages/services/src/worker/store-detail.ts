import type { Prisma, Tx } from "@flotilla/db";

/** Keeps a part of what is known of a variant besides its row; the other part stays. */
export async function storeDetail(
  tx: Tx,
  { id, organisationId }: { id: string; organisationId: string },
  part: { activations: Prisma.InputJsonValue } | { nodeTimes: Prisma.InputJsonValue },
): Promise<void> {
  await tx.variantDetail.upsert({ where: { variantId: id }, create: { variantId: id, organisationId, ...part }, update: part });
}
