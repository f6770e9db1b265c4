import { Client } from "pg";
import { expect, test } from "vitest";
import { createEmptyDatabase } from "../testing/create-test-database.ts";
import { readMigrations } from "./read-migrations.ts";

/** Filters as groups held them before, and as they are said in the filter language. */
const CASES: readonly (readonly [object, string])[] = [
  [{}, ""],
  [{ search: "  ", profiles: [], health: [], tags: {} }, ""],
  [{ search: ' cam "7" * \\ ' }, '"cam \\"7\\" * \\\\"'],
  [
    { tags: { site: "north", "my key": "ü\n", name: "x", and: "" } },
    'tag."and" = "" and tag."my key" = "ü\\n" and tag.name = "x" and tag.site = "north"',
  ],
  [{ profiles: ["arm64-cpu", "x64"], online: false }, 'profile in ("arm64-cpu", "x64") and not online'],
  [{ online: true, health: ["failed", "offline"] }, "online and health in (failed, offline)"],
  [
    { modelId: "4b5dd3f8-0f33-4f5f-8d2b-6f8f8c4b5a01", releaseId: "4b5dd3f8-0f33-4f5f-8d2b-6f8f8c4b5a02", reason: "HOST_HUNG" },
    'modelId = "4b5dd3f8-0f33-4f5f-8d2b-6f8f8c4b5a01" and releaseId = "4b5dd3f8-0f33-4f5f-8d2b-6f8f8c4b5a02" and reason = HOST_HUNG',
  ],
];

test("a stored group's filter becomes the same filter in the filter language", async () => {
  const database = await createEmptyDatabase();
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    const migrations = await readMigrations();
    const at = migrations.findIndex(({ name }) => name === "0020_filter_text");
    for (const { sql } of migrations.slice(0, at)) await client.query(sql);
    await client.query(`INSERT INTO "organization" ("id", "name", "slug", "createdAt") VALUES ('o', 'o', 'o', now())`);
    for (const [place, [filter]] of CASES.entries()) {
      await client.query(
        `INSERT INTO "group" ("id", "organisationId", "name", "kind", "filter") VALUES (gen_random_uuid(), 'o', $1, 'dynamic', $2)`,
        [String(place), JSON.stringify(filter)],
      );
    }
    await client.query(migrations[at]?.sql ?? "");
    const { rows } = await client.query<{ filter: string }>(`SELECT "filter" FROM "group" ORDER BY "name"`);
    expect(rows.map(({ filter }) => filter)).toEqual(CASES.map(([, text]) => text));
  } finally {
    await client.end();
    await database.close();
  }
});
