-- A group's filter is a text in the filter language (docs/filters.md). Until now it was an object. The language's strings are JSON's.
ALTER TABLE "group" ADD COLUMN "filterText" TEXT NOT NULL DEFAULT '';

UPDATE "group" SET "filterText" = concat_ws(' and ',
  CASE WHEN btrim("filter"->>'search') <> '' THEN to_json(btrim("filter"->>'search'))::text END,
  (SELECT string_agg('tag.' || CASE WHEN t."key" ~ '^[A-Za-z0-9_]+$' AND lower(t."key") NOT IN ('and', 'or', 'not', 'in', 'tag')
      THEN t."key" ELSE to_json(t."key")::text END || ' = ' || to_json(t."value")::text, ' and ' ORDER BY t."key")
    FROM jsonb_each_text("filter"->'tags') t),
  'profile in (' || (SELECT string_agg(to_json(v)::text, ', ') FROM jsonb_array_elements_text("filter"->'profiles') v) || ')',
  CASE "filter"->>'online' WHEN 'true' THEN 'online' WHEN 'false' THEN 'not online' END,
  'modelId = ' || to_json("filter"->>'modelId')::text,
  'releaseId = ' || to_json("filter"->>'releaseId')::text,
  'health in (' || (SELECT string_agg(v, ', ') FROM jsonb_array_elements_text("filter"->'health') v) || ')',
  'reason = ' || ("filter"->>'reason'))
WHERE "kind" = 'dynamic';

ALTER TABLE "group" DROP COLUMN "filter";
ALTER TABLE "group" RENAME COLUMN "filterText" TO "filter";
