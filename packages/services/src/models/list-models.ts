import { FlotillaError, type ModelCard, type ModelFormat } from "@flotilla/contracts";
import type { ModelListItem, ModelListPage } from "@flotilla/contracts/views";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";
import { decodeCursor, encodeCursor } from "../views/cursor.ts";
import { readInferencesPerHour } from "./read-inferences-per-hour.ts";

export const listModelsInput = z.object({
  search: z.string().trim().max(120).optional(),
  cursor: z.string().max(500).optional(),
  limit: z.number().int().min(1).max(100).default(50),
});
export type ListModelsInput = z.infer<typeof listModelsInput>;

interface Row {
  id: string;
  name: string;
  format: ModelFormat;
  task: ModelCard["task"];
  latestVersion: number;
  latestVersionId: string;
  sizeBytes: number;
  versionCount: number;
  variantCount: number;
  runsOn: number;
  updatedAt: Date;
}

/** A model's row with its newest version; models are sorted by that version's age. */
const SELECT = `
  SELECT m.id, m.name, v.id AS "latestVersionId", v.version AS "latestVersion", v."sizeBytes", v."createdAt" AS "updatedAt",
    COALESCE(v."uploadedFormat", v.inspection->>'format') AS format, v.card->>'task' AS task,
    (SELECT count(*) FROM model_version c WHERE c."modelId" = m.id) AS "versionCount",
    (SELECT count(*) FROM variant x JOIN model_version c ON c.id = x."modelVersionId" WHERE c."modelId" = m.id) AS "variantCount",
    (SELECT count(*) FROM device_status s JOIN release r ON r.id = s."runningReleaseId"
      WHERE s."organisationId" = m."organisationId" AND r."modelId" = m.id) AS "runsOn"
  FROM model m
  JOIN LATERAL (SELECT * FROM model_version w WHERE w."modelId" = m.id ORDER BY w.version DESC LIMIT 1) v ON true
  WHERE m."organisationId" = $1 AND m."archivedAt" IS NULL AND ($2::text IS NULL OR m.name ILIKE $2)`;

/** Models by their newest version, newest first. `search` looks into names. Throws INVALID_INPUT for a foreign cursor. */
export async function listModels(ctx: ServiceContext, actor: Actor, input: ListModelsInput): Promise<ModelListPage> {
  const { organisationId } = actor;
  const pattern = input.search === undefined || input.search === "" ? null : `%${escapeLike(input.search)}%`;
  const [updatedAt, id] = readPosition(input.cursor);
  const rows = await ctx.db.query<Row>(
    `${SELECT} AND ($3::timestamptz IS NULL OR (v."createdAt", m.id) < ($3::timestamptz, $4::uuid))
     ORDER BY v."createdAt" DESC, m.id DESC LIMIT $5`,
    [organisationId, pattern, updatedAt, id, input.limit + 1],
  );
  const page = rows.slice(0, input.limit);
  const last = page.at(-1);
  const [sparklines, total] = await Promise.all([
    readInferencesPerHour(
      ctx,
      organisationId,
      page.map((row) => row.id),
    ),
    countModels(ctx, organisationId, pattern),
  ]);
  return {
    items: page.map((row): ModelListItem => ({ ...row, inferenceSparkline: sparklines.get(row.id) ?? [] })),
    nextCursor: rows.length > input.limit && last !== undefined ? encodeCursor([last.updatedAt.toISOString(), last.id]) : null,
    total,
  };
}

const positionSchema = z.tuple([z.iso.datetime(), z.uuid()]);

function readPosition(cursor: string | undefined): [string, string] | [null, null] {
  if (cursor === undefined) return [null, null];
  const parsed = positionSchema.safeParse(decodeCursor(cursor, 2));
  if (!parsed.success) throw new FlotillaError("INVALID_INPUT", "This page's position cannot be read; start again from the first page.");
  return parsed.data;
}

async function countModels(ctx: ServiceContext, organisationId: string, pattern: string | null): Promise<number> {
  const rows = await ctx.db.query<{ count: number }>(
    `SELECT count(*) AS count FROM model m WHERE m."organisationId" = $1 AND m."archivedAt" IS NULL AND ($2::text IS NULL OR m.name ILIKE $2)
       AND EXISTS (SELECT 1 FROM model_version v WHERE v."modelId" = m.id)`,
    [organisationId, pattern],
  );
  return rows[0]?.count ?? 0;
}

/** In a LIKE pattern `%` and `_` are wildcards; in a name they are letters. */
function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`);
}
