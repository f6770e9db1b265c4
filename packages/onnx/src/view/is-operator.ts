import type { NodeFacts } from "./types.ts";

/** Whether a node is one of these operators of the standard domain. */
export function isOperator(node: NodeFacts | undefined, ...ops: string[]): boolean {
  return node?.domain === "" && ops.includes(node.op);
}
