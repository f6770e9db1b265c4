import type { LiveEvent } from "@flotilla/contracts";

export const LIVE_CHANNEL = "flotilla_live";

/** The part of a transaction that a notification needs: a `Tx`, or the Prisma client itself outside one. */
export interface Notifier {
  $executeRawUnsafe(sql: string, ...values: unknown[]): Promise<number>;
}

/** Says "this changed" when the transaction commits; Postgres drops equal notifications of one transaction itself. */
export async function notifyLive(tx: Notifier, event: LiveEvent): Promise<void> {
  await tx.$executeRawUnsafe("SELECT pg_notify($1, $2)", LIVE_CHANNEL, JSON.stringify(event));
}

/** As `notifyLive`, of many things with one statement. */
export async function notifyLiveAll(tx: Notifier, events: readonly LiveEvent[]): Promise<void> {
  if (events.length === 0) return;
  const payloads = events.map((event) => JSON.stringify(event));
  await tx.$executeRawUnsafe("SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload", LIVE_CHANNEL, payloads);
}
