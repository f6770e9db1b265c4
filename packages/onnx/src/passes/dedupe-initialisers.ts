import { createHash } from "node:crypto";
import type { Pass } from "./pass.ts";

/**
 * Before:     two initialisers with the same type, shape and bytes
 * After:      one of them, read by the readers of both
 * Conditions: neither is an input or an output of the graph; strings are left alone
 */
export const dedupeInitialisers: Pass = {
  id: "dedupe-initialisers",
  run: (graph) => {
    const seen = new Map<string, string>();
    let changed = false;
    for (const [name, tensor] of [...graph.constants]) {
      if (tensor.strings !== undefined || graph.inputs.includes(name) || graph.isOutput(name)) continue;
      const key = `${tensor.dataType}|${tensor.dims.join(",")}|${createHash("sha256").update(tensor.bytes).digest("base64")}`;
      const first = seen.get(key);
      if (first === undefined) {
        seen.set(key, name);
        continue;
      }
      graph.replaceUses(name, first);
      graph.constants.delete(name);
      changed = true;
    }
    return { changed, notes: [] };
  },
};
