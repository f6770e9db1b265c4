-- Why no variant fits a queued device: asked once for each kind of device, not at each look.
ALTER TABLE "rollout_device" ADD COLUMN     "refusalCode" TEXT,
ADD COLUMN     "refusalMessage" TEXT;

-- How many devices of a stage are in a state, as differences to be added up: nobody waits for another's, and nobody's is lost.
CREATE TABLE "rollout_count" (
    "id" BIGSERIAL NOT NULL,
    "rolloutId" UUID NOT NULL,
    "stageIndex" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "delta" INTEGER NOT NULL,

    CONSTRAINT "rollout_count_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "rollout_count_rolloutId_idx" ON "rollout_count"("rolloutId");

INSERT INTO "rollout_count" ("rolloutId", "stageIndex", "state", "delta")
SELECT "rolloutId", "stageIndex", "state", count(*) FROM "rollout_device" GROUP BY 1, 2, 3;

-- Semicolons within are written as \x3B: who applies migrations takes each of them for the end of a statement.
CREATE FUNCTION "count_rollout_device"() RETURNS trigger LANGUAGE plpgsql AS E'
BEGIN
  IF TG_OP = ''INSERT'' THEN
    INSERT INTO "rollout_count" ("rolloutId", "stageIndex", "state", "delta")
    SELECT "rolloutId", "stageIndex", "state", count(*) FROM "after" GROUP BY 1, 2, 3\x3B
  ELSIF TG_OP = ''DELETE'' THEN
    INSERT INTO "rollout_count" ("rolloutId", "stageIndex", "state", "delta")
    SELECT "rolloutId", "stageIndex", "state", -count(*) FROM "before" GROUP BY 1, 2, 3\x3B
  ELSE
    INSERT INTO "rollout_count" ("rolloutId", "stageIndex", "state", "delta")
    SELECT "rolloutId", "stageIndex", "state", sum("n") FROM (
      SELECT "rolloutId", "stageIndex", "state", 1 AS "n" FROM "after"
      UNION ALL SELECT "rolloutId", "stageIndex", "state", -1 FROM "before"
    ) changes GROUP BY 1, 2, 3 HAVING sum("n") <> 0\x3B
  END IF\x3B
  RETURN NULL\x3B
END ';

CREATE TRIGGER "count_inserted" AFTER INSERT ON "rollout_device" REFERENCING NEW TABLE AS "after"
FOR EACH STATEMENT EXECUTE FUNCTION "count_rollout_device"();
CREATE TRIGGER "count_updated" AFTER UPDATE ON "rollout_device" REFERENCING OLD TABLE AS "before" NEW TABLE AS "after"
FOR EACH STATEMENT EXECUTE FUNCTION "count_rollout_device"();
CREATE TRIGGER "count_deleted" AFTER DELETE ON "rollout_device" REFERENCING OLD TABLE AS "before"
FOR EACH STATEMENT EXECUTE FUNCTION "count_rollout_device"();

-- What a look at a rollout judges: outcomes that were not accepted yet.
CREATE INDEX "rollout_device_judged_idx" ON "rollout_device" ("rolloutId", "stageIndex")
WHERE NOT "settled" AND "state" IN ('SUCCEEDED', 'ROLLED_BACK', 'FAILED', 'TIMED_OUT');

-- Whether a row's version was there when a snapshot was taken. A row knows 32 bits of the transaction that wrote it, a snapshot 64.
CREATE FUNCTION "is_seen"("version" xid, "seen" pg_snapshot) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT pg_visible_in_snapshot((pg_snapshot_xmax("seen")::text::bigint
    + ((("version"::text::bigint - pg_snapshot_xmax("seen")::text::bigint + 2147483648) & 4294967295) - 2147483648))::text::xid8, "seen")
$$;
