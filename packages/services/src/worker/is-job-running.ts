import type { ServiceContext } from "../context.ts";

/** False once a job was cancelled or has ended some other way: whoever works on it should stop. */
export async function isJobRunning(ctx: ServiceContext, job: { id: string; organisationId: string }): Promise<boolean> {
  const rows = await ctx.db.query(`SELECT 1 FROM job WHERE id = $1::uuid AND "organisationId" = $2 AND state = 'RUNNING'`, [
    job.id,
    job.organisationId,
  ]);
  return rows.length > 0;
}
