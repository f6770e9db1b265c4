import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { NodeTest } from "./node-test.ts";

/** Where Debian's libonnx-testdata puts ONNX's backend node tests. */
const INSTALLED = "/usr/share/libonnx-testdata/data/node";

/** Every node test of the installed package, by name; null where it is not installed. */
export function readInstalled(): NodeTest[] | null {
  if (!existsSync(INSTALLED)) return null;
  return readdirSync(INSTALLED)
    .sort()
    .map((name) => readTest(path.join(INSTALLED, name), name.replace(/^test_/u, "")));
}

function readTest(folder: string, name: string): NodeTest {
  const data = path.join(folder, "test_data_set_0");
  const files = existsSync(data) ? readdirSync(data) : [];
  const numbered = (prefix: string): Uint8Array[] =>
    files
      .filter((file) => file.startsWith(prefix))
      .sort((left, right) => numberIn(left) - numberIn(right))
      .map((file) => readFileSync(path.join(data, file)));
  return { name, model: readFileSync(path.join(folder, "model.onnx")), inputs: numbered("input_"), outputs: numbered("output_") };
}

function numberIn(file: string): number {
  return Number(/\d+/u.exec(file)?.[0] ?? 0);
}
