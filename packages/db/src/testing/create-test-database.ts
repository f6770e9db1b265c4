import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { createDb, type Db } from "../client/create-db.ts";
import { migrate } from "../migrate/migrate.ts";
import { fingerprintMigrations, readMigrations } from "../migrate/read-migrations.ts";
import { leaseTestServer } from "./lease-test-server.ts";

/** One process makes the template, the others wait. */
const TEMPLATE_LOCK_KEY = 7_356_846;

export interface TestDatabase {
  url: string;
  db: Db;
  /** Drops the database with whatever is still connected to it. */
  close(): Promise<void>;
}

/**
 * A migrated, empty database of its own on the shared test server: a clone of a template, about 100 ms. Call it once a test
 * file (`beforeAll`) and close it in `afterAll`.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = await leaseTestServer();
  const template = await ensureTemplate(serverUrl);
  const name = `test_${randomBytes(8).toString("hex")}`;
  await runOnServer(serverUrl, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`));
  const url = withDatabase(serverUrl, name);
  const db = createDb({ url, maxConnections: 8 });
  return {
    url,
    db,
    async close() {
      await db.close();
      await runOnServer(serverUrl, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}

/** An empty database without tables, for what tests migrations themselves. */
export async function createEmptyDatabase(): Promise<{ url: string; close(): Promise<void> }> {
  const serverUrl = await leaseTestServer();
  const name = `test_${randomBytes(8).toString("hex")}`;
  await runOnServer(serverUrl, (client) => client.query(`CREATE DATABASE ${name}`));
  return {
    url: withDatabase(serverUrl, name),
    close: async () => {
      await runOnServer(serverUrl, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}

async function ensureTemplate(serverUrl: string): Promise<string> {
  const name = `template_${fingerprintMigrations(await readMigrations())}`;
  await runOnServer(serverUrl, async (client) => {
    if (await exists(client, name)) return;
    await client.query("SELECT pg_advisory_lock($1)", [TEMPLATE_LOCK_KEY]);
    if (await exists(client, name)) return;
    // Renamed only when complete: a run that dies half way leaves no half template.
    const unfinished = `unfinished_${randomBytes(4).toString("hex")}`;
    await client.query(`CREATE DATABASE ${unfinished}`);
    await migrate(withDatabase(serverUrl, unfinished));
    await client.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${unfinished}'`);
    await client.query(`ALTER DATABASE ${unfinished} RENAME TO ${name}`);
  });
  return name;
}

async function exists(client: Client, database: string): Promise<boolean> {
  const found = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [database]);
  return found.rows.length > 0;
}

async function runOnServer(serverUrl: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.toString();
}
