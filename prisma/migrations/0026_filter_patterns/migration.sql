-- What `~` asks for and few devices, or none, have. Over the expressions that packages/services/src/devices writes. Enrolment and people write them, reports never do.
-- Values of tags, whatever the tag: their JSON text by trigrams (the extension came with 0021).
CREATE INDEX "device_tags_trigram_idx" ON "device" USING gin ((lower(("tags"::text) COLLATE "und-x-icu")) gin_trgm_ops);

-- Texts of a profile by how they begin. Versions have no trigrams to speak of. The statistics that come with the index tell common patterns from rare ones.
CREATE INDEX "device_agent_version_pattern_idx" ON "device" ("organisationId", (lower(("profile" ->> 'agentVersion') COLLATE "und-x-icu")) text_pattern_ops);
CREATE INDEX "device_os_pattern_idx" ON "device" ("organisationId", (lower(("profile" ->> 'os') COLLATE "und-x-icu")) text_pattern_ops);
CREATE INDEX "device_arch_pattern_idx" ON "device" ("organisationId", (lower(("profile" ->> 'arch') COLLATE "und-x-icu")) text_pattern_ops);
CREATE INDEX "device_profile_pattern_idx" ON "device" ("organisationId", (lower(("profileName") COLLATE "und-x-icu")) text_pattern_ops);

ANALYZE "device";
