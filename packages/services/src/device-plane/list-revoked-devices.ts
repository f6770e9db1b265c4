import type { ServiceContext } from "../context.ts";

/** Revoked devices whose certificates have not ended: who the broker must keep out. */
export async function listRevokedDevices(ctx: ServiceContext): Promise<string[]> {
  const rows = await ctx.db.query<{ id: string }>(
    `SELECT id FROM device WHERE state = 'REVOKED' AND "certificateExpiresAt" > $1 ORDER BY id`,
    [ctx.clock()],
  );
  return rows.map((row) => row.id);
}
