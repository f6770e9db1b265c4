import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { unpackTests } from "./archive.ts";
import type { NodeTest } from "./node-test.ts";

export const PACKED = fileURLToPath(new URL("../../../test-data/node-tests.br", import.meta.url));

export function readPacked(): NodeTest[] {
  return unpackTests(readFileSync(PACKED));
}
