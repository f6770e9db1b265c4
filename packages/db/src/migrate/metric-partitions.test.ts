import { Client } from "pg";
import { expect, test } from "vitest";
import { createEmptyDatabase } from "../testing/create-test-database.ts";
import { readMigrations } from "./read-migrations.ts";

const INSERT = `
INSERT INTO device_metric ("deviceId", at, "organisationId", "windowSeconds", "inferenceCount", "errorCount", histogram, "memoryBytes")
SELECT gen_random_uuid(), now() - n * interval '1 day', 'o', 5, n, 0, '[]', 1 FROM unnest(ARRAY[0, 1, 1, 400]) AS n`;

test("metrics that are there when the table is partitioned are all there afterwards, and new ones go beside them", async () => {
  const database = await createEmptyDatabase();
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    for (const { name, sql } of await readMigrations()) {
      if (name === "0017_metric_partitions") await client.query(INSERT);
      await client.query(sql);
    }
    await client.query(INSERT);
    const { rows } = await client.query<{ age: number; place: string; count: number }>(
      `SELECT "inferenceCount" AS age, tableoid::regclass::text AS place, count(*)::int FROM device_metric GROUP BY 1, 2 ORDER BY 1`,
    );
    const place = "history.device_metric_default";
    expect(rows).toEqual([
      { age: 0, place, count: 2 },
      { age: 1, place, count: 4 },
      { age: 400, place, count: 2 },
    ]);
  } finally {
    await client.end();
    await database.close();
  }
});
