import { TOPICS, type TopicName } from "@flotilla/contracts";
import type { ServiceContext } from "../context.ts";

export interface OutboxRow {
  id: number;
  deviceId: string;
  topic: TopicName;
  payload: unknown;
}

/** The oldest messages that wait to be published, oldest first. A row of an unknown topic is never returned. */
export async function readOutbox(ctx: ServiceContext, limit: number): Promise<OutboxRow[]> {
  return await ctx.db.query<OutboxRow>(`SELECT id, "deviceId", topic, payload FROM outbox WHERE topic = ANY($1) ORDER BY id LIMIT $2`, [
    Object.keys(TOPICS),
    limit,
  ]);
}

/** Forgets messages that the broker has acknowledged. */
export async function deleteOutbox(ctx: ServiceContext, ids: readonly number[]): Promise<void> {
  await ctx.db.query(`DELETE FROM outbox WHERE id = ANY($1::bigint[])`, [ids]);
}
