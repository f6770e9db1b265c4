import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { toNumbers } from "../graph/tensor.ts";
import { type Pass, rewriteNodes } from "./pass.ts";

/**
 * Before:     y = If(constant) { then } else { else }
 * After:      the nodes of the branch that is taken stand in the place of the If
 * Conditions: the condition is constant; the branch has no sparse initialisers. Values of the branch get fresh names
 * Bit-equal.
 */
export const inlineConstantBranches: Pass = {
  id: "inline-constant-branches",
  run: (graph) => rewriteNodes(graph, (node) => node.is("If") && inline(graph, node)),
};

function inline(graph: Graph, node: Node): boolean {
  const condition = graph.constantOf(node.inputs[0] ?? "");
  if (condition === null) return false;
  const attribute = node.attributes.get(toNumbers(condition)[0] === 0 ? "else_branch" : "then_branch");
  if (attribute?.kind !== "graph" || attribute.value.opaque.size > 0) return false;
  const body = attribute.value;
  const names = freshNames(graph, body);
  graph.removeNode(node);
  moveInto(graph, body, names);
  for (const [index, output] of node.outputs.entries()) {
    if (output === "") continue;
    const result = body.outputs[index] ?? "";
    graph.addNode({ opType: "Identity", inputs: [names.get(result) ?? result], outputs: [output] });
  }
  return true;
}

function freshNames(graph: Graph, body: Graph): ReadonlyMap<string, string> {
  const defined = [...body.constants.keys(), ...body.nodes.flatMap((node) => node.outputs)];
  return new Map(defined.filter((name) => name !== "").map((name) => [name, graph.freshName("branch")]));
}

/** Adds the values and nodes of `body`, which has no inputs, to `graph` under new names. */
function moveInto(graph: Graph, body: Graph, names: ReadonlyMap<string, string>): void {
  const rename = (name: string): string => names.get(name) ?? name;
  for (const [name, tensor] of body.constants) graph.constants.set(rename(name), tensor);
  for (const [name, type] of body.types) if (names.has(name)) graph.types.set(rename(name), type);
  for (const node of body.nodes) {
    for (const subgraph of node.subgraphs()) {
      subgraph.moveTo(graph);
      for (const name of subgraph.captures()) subgraph.renameCapture(name, rename(name));
    }
    const { opType, domain, name, attributes } = node;
    graph.addNode({ opType, domain, name, inputs: node.inputs.map(rename), outputs: node.outputs.map(rename), attributes });
  }
}
