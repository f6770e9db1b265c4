export { EmbeddedPostgres, type EmbeddedPostgresOptions, untilReady } from "./embedded-postgres.ts";
