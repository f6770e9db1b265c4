/**
 * Writes a schema's tables as TypeScript: `node generate.ts <schema.fbs> <output.ts> <NAME>`. The public compiler is not used: its JavaScript form is
 * an npm package that pulls in 21 MB for other purposes, its output reads without checking a single offset, and 190 modules load slowly.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { emitTypescript } from "./emit-typescript.ts";
import { parseSchema } from "./parse-schema.ts";

const [source, target, name] = process.argv.slice(2);
if (source === undefined || target === undefined || name === undefined)
  throw new Error("Usage: generate.ts <schema.fbs> <output.ts> <NAME>");
writeFileSync(target, emitTypescript(parseSchema(readFileSync(source, "utf8")), name));
