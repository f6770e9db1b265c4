import { hash } from "node:crypto";
import type { Pool, PoolClient } from "pg";

/**
 * The part of a transaction that speaks SQL only. A Prisma `Tx` is one; `Db.rawTransaction` gives one that goes straight to pg. What runs often
 * takes this, so that its caller chooses.
 */
export interface RawTx {
  $queryRawUnsafe<T = unknown>(sql: string, ...params: unknown[]): Promise<T>;
  /** Answers with how many rows it touched. */
  $executeRawUnsafe(sql: string, ...params: unknown[]): Promise<number>;
}

export interface RawTransactionOptions {
  timeoutMs: number;
  /**
   * A connection plans each statement once, without a look at its parameters: for transactions that run often, whose statements are few and find their
   * rows by key. Planning a batch of ten rows costs more than the rest of it.
   */
  keepPlans?: boolean;
}

/** Runs `fn` between BEGIN and COMMIT on one connection. A connection whose transaction did not end as it should is not used again. */
export async function runRawTransaction<T>(
  pool: Pool,
  { timeoutMs, keepPlans = false }: RawTransactionOptions,
  fn: (tx: RawTx) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // A server that ends the connection says so here and in the statement under way; only the statement's caller can do something about it.
  client.on("error", ignore);
  try {
    // One round trip: the limit ends with the transaction.
    const plans = keepPlans ? "; SET LOCAL plan_cache_mode = force_generic_plan" : "";
    await client.query(`BEGIN; SET LOCAL transaction_timeout = ${Math.ceil(timeoutMs)}${plans}`);
    const result = await fn(toRawTx(client, keepPlans));
    await client.query("COMMIT");
    return result;
  } catch (error) {
    broken = await rollBack(client);
    throw error;
  } finally {
    client.off("error", ignore);
    client.release(broken);
  }
}

const ignore = (): void => undefined;

async function rollBack(client: PoolClient): Promise<Error | undefined> {
  try {
    await client.query("ROLLBACK");
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function toRawTx(client: PoolClient, keepPlans: boolean): RawTx {
  const query = async (text: string, values: unknown[]) =>
    await client.query(keepPlans ? { text, values, name: nameOf(text) } : { text, values });
  return {
    async $queryRawUnsafe<T>(sql: string, ...params: unknown[]): Promise<T> {
      return (await query(sql, params)).rows as T;
    },
    $executeRawUnsafe: async (sql, ...params) => (await query(sql, params)).rowCount ?? 0,
  };
}

const names = new Map<string, string>();

/** A statement's name stands for its very text. */
function nameOf(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = hash("sha256", text, "hex").slice(0, 32);
  names.set(text, name);
  return name;
}
