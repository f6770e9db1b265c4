import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as engineModule from "@prisma/schema-engine-wasm/schema_engine_bg";
import type { SchemaEngine } from "@prisma/schema-engine-wasm";

/** The one call that is needed of a global that Node has and its type library leaves to the DOM's. */
declare const WebAssembly: {
  instantiate(bytes: Uint8Array, imports: Record<string, object>): Promise<{ instance: { exports: Record<string, unknown> } }>;
};

/** What wasm-bindgen adds to the module without declaring it. */
interface Bindings {
  __wbg_set_wasm(exports: Record<string, unknown>): void;
  SchemaEngine: typeof SchemaEngine;
}

let bindings: Promise<Bindings> | undefined;

/**
 * Prisma's schema engine as WebAssembly: the same engine as the CLI's, with no binary to download. Instantiated by hand because
 * its entry file imports `.wasm` as a module.
 */
export async function openSchemaEngine(url: string): Promise<SchemaEngine> {
  bindings ??= loadBindings();
  const loaded = await bindings;
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: url }));
  return loaded.SchemaEngine.new({ datamodels: undefined }, () => undefined, adapter);
}

async function loadBindings(): Promise<Bindings> {
  const loaded = engineModule as unknown as Bindings;
  const entry = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg");
  const bytes = await readFile(entry.replace(/\.js$/, ".wasm"));
  const { instance } = await WebAssembly.instantiate(bytes, { "./schema_engine_bg.js": engineModule });
  loaded.__wbg_set_wasm(instance.exports);
  const start = instance.exports["__wbindgen_start"];
  if (typeof start !== "function") throw new Error("The schema engine's WebAssembly has no start function.");
  start();
  return loaded;
}
