import type { FilterVocabularyView } from "@flotilla/contracts/views";
import type { Actor, ServiceContext } from "../context.ts";

/** Devices that are looked at, and values that are offered for one field or tag. */
const SAMPLE = 20_000;
const MOST_VALUES = 50;

const VOCABULARY_SQL = `
WITH sample AS MATERIALIZED (
  SELECT d."tags", d."profile", d."profileName" FROM "device" d WHERE d."organisationId" = $1 AND d."state" = 'ACTIVE' LIMIT ${SAMPLE}
), found ("tag", "key", "value") AS (
  SELECT true, t."key", t."value" FROM sample, jsonb_each_text(sample."tags") t
  UNION ALL SELECT false, 'profile', "profileName" FROM sample
  UNION ALL SELECT false, f."key", sample."profile" ->> f."key" FROM sample, (VALUES ('arch'), ('os'), ('agentVersion'), ('cpuCount')) f ("key")
  UNION ALL SELECT false, 'memoryMb', floor((sample."profile" -> 'memoryBytes')::float8 / 1048576)::text FROM sample
  UNION ALL SELECT false, f."key", e #>> '{}' FROM (VALUES ('runtime', '$.runtimes[*].name'), ('provider', '$.runtimes[*].providers[*]'),
    ('opset', '$.runtimes[*].maxOpset')) f ("key", "path"), sample, jsonb_path_query(sample."profile", f."path"::jsonpath) e
), counted AS (
  SELECT "tag", "key", "value", count(*) AS "n", row_number() OVER (PARTITION BY "tag", "key" ORDER BY count(*) DESC, "value") AS "place"
  FROM found WHERE "value" IS NOT NULL GROUP BY 1, 2, 3
), named AS (
  (SELECT false, 'model', "name", 1, 1 FROM "model" WHERE "organisationId" = $1 ORDER BY "createdAt" DESC LIMIT ${MOST_VALUES})
  UNION ALL (SELECT false, 'release', "name", 1, 1 FROM "release" WHERE "organisationId" = $1 ORDER BY "createdAt" DESC LIMIT ${MOST_VALUES})
)
SELECT "tag", "key", "value" FROM (SELECT * FROM counted WHERE "place" <= ${MOST_VALUES} UNION ALL SELECT * FROM named) v ORDER BY "key", "value"`;

/** What can be offered while a filter is typed: the commonest values of the fleet, models and releases by name. */
export async function readFilterVocabulary(ctx: ServiceContext, actor: Actor): Promise<FilterVocabularyView> {
  const rows = await ctx.db.query<{ tag: boolean; key: string; value: string }>(VOCABULARY_SQL, [actor.organisationId]);
  const vocabulary = { fields: new Map<string, string[]>(), tags: new Map<string, string[]>() };
  for (const { tag, key, value } of rows) {
    const lists = tag ? vocabulary.tags : vocabulary.fields;
    const list = lists.get(key) ?? [];
    list.push(value);
    lists.set(key, list);
  }
  return { fields: Object.fromEntries(vocabulary.fields), tags: Object.fromEntries(vocabulary.tags) };
}
