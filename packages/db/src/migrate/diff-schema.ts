import { readFile } from "node:fs/promises";
import { SCHEMA_FILE } from "./read-migrations.ts";
import { openSchemaEngine } from "./schema-engine.ts";

const filters = { externalTables: [], externalEnums: [] };

/** SQL that makes an empty database into what `prisma/schema.prisma` says. `url` is only opened, not changed. */
export async function writeSchemaSql(url: string): Promise<string> {
  const schema = { path: "schema.prisma", content: await readFile(SCHEMA_FILE, "utf8") };
  const engine = await openSchemaEngine(url);
  try {
    const diff = await engine.diff({
      from: { tag: "empty" },
      to: { tag: "schemaDatamodel", files: [schema] },
      script: true,
      exitCode: null,
      filters,
    });
    return diff.stdout ?? "";
  } finally {
    engine.free();
  }
}
