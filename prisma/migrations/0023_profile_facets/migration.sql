-- What filters ask of a profile. It is written when a device enrols and not by reports: columns and indexes over it cost once a device.
-- The texts of a profile as `field=text`, all in one column: one index serves them all, and Postgres keeps how common each is.
CREATE FUNCTION "profile_facets"("profile" JSONB) RETURNS TEXT[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT COALESCE(array_agg(DISTINCT f."key" || '=' || f."value") FILTER (WHERE f."value" IS NOT NULL), '{}') FROM (
    SELECT t."key", "profile" ->> t."key" AS "value" FROM (VALUES ('arch'), ('os'), ('agentVersion')) t ("key")
    UNION ALL SELECT 'runtime', e #>> '{}' FROM jsonb_path_query("profile", '$.runtimes[*].name') e
    UNION ALL SELECT 'provider', e #>> '{}' FROM jsonb_path_query("profile", '$.runtimes[*].providers[*]') e
  ) f
$$;
CREATE FUNCTION "profile_max_opset"("profile" JSONB) RETURNS DOUBLE PRECISION LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT max(e::float8) FROM jsonb_path_query("profile", '$.runtimes[*].maxOpset') e
$$;

ALTER TABLE "device"
  ADD COLUMN "profileFacets" TEXT[] GENERATED ALWAYS AS ("profile_facets"("profile")) STORED,
  ADD COLUMN "maxOpset" DOUBLE PRECISION GENERATED ALWAYS AS ("profile_max_opset"("profile")) STORED;

CREATE INDEX "device_profileFacets_idx" ON "device" USING GIN ("profileFacets");
CREATE INDEX "device_organisationId_maxOpset_idx" ON "device"("organisationId", "maxOpset");
-- Over the expressions that packages/services/src/devices/filter-columns.ts writes.
CREATE INDEX "device_cpu_idx" ON "device" ("organisationId", (("profile" -> 'cpuCount')::float8));
CREATE INDEX "device_disk_idx" ON "device" ("organisationId", (("profile" -> 'diskFreeBytes')::float8));

-- Without it the new columns and expressions are guessed about until the table has changed a lot.
ANALYZE "device";
