import { createHash } from "node:crypto";
import type { Graph } from "../graph/graph.ts";
import type { Pass } from "./pass.ts";

/**
 * Before:     two initialisers with the same type, shape and bytes
 * After:      one of them, read by the readers of both
 * Conditions: neither is an input or an output of the graph; strings are left alone
 * Bit-equal.
 */
export const dedupeInitialisers: Pass = {
  id: "dedupe-initialisers",
  run: (graph) => {
    let changed = false;
    for (const names of groups(graph).values()) {
      // Large weights are hashed only where another tensor looks the same.
      if (names.length < 2) continue;
      const seen = new Map<string, string>();
      for (const name of names) {
        const hash = createHash("sha256")
          .update(graph.constants.get(name)?.bytes ?? new Uint8Array())
          .digest("base64");
        const first = seen.get(hash);
        if (first === undefined) {
          seen.set(hash, name);
          continue;
        }
        graph.replaceUses(name, first);
        graph.constants.delete(name);
        changed = true;
      }
    }
    return { changed, notes: [] };
  },
};

/** The names of the initialisers by type, shape and beginning. */
function groups(graph: Graph): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [name, tensor] of graph.constants) {
    if (tensor.strings !== undefined || graph.inputs.includes(name) || graph.isOutput(name)) continue;
    // The first bytes tell most weights of the same shape apart.
    const key = `${tensor.dataType}|${tensor.dims.join(",")}|${Buffer.from(tensor.bytes.subarray(0, 32)).toString("base64")}`;
    const names = found.get(key);
    if (names === undefined) found.set(key, [name]);
    else names.push(name);
  }
  return found;
}
