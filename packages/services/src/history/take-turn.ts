import type { RawTx } from "@flotilla/db";

/** "history" as a number. */
const LOCK_KEY = 7_356_848;
/** Dropping a day waits for whoever reads metrics, and everybody else waits behind it: rather the next time. */
const LOCK_TIMEOUT_MS = 2_000;

/** Whether this process may maintain history until the transaction ends: one at a time does. */
export async function takeTurn(tx: RawTx): Promise<boolean> {
  await tx.$executeRawUnsafe(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
  const [row] = await tx.$queryRawUnsafe<{ mine: boolean }[]>("SELECT pg_try_advisory_xact_lock($1) AS mine", LOCK_KEY);
  return row?.mine === true;
}
