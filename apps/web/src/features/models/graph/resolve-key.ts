import type { GraphView } from "@flotilla/contracts";

const BY_NAME = "name:";

/** The key of a node that an address names as reports do: by its name, or by its first output's where it has none. Other keys are what they are. */
export function resolveKey(view: Pick<GraphView, "nodes" | "values">, key: string | null): string | null {
  if (key === null || !key.startsWith(BY_NAME)) return key;
  const name = key.slice(BY_NAME.length);
  const index = view.nodes.findIndex((node) => node.name === name || view.values[node.outputs[0] ?? -1]?.name === name);
  return index === -1 ? null : `node-${index}`;
}

/** The key that `resolveKey` reads. */
export function keyByName(name: string): string {
  return `${BY_NAME}${name}`;
}
