import { OnnxError } from "../errors.ts";
import type { Graph } from "../graph/graph.ts";
import { type OnnxModel, opsetOf } from "../graph/model.ts";
import type { Node } from "../graph/node.ts";
import type { Tensor } from "../graph/tensor.ts";
import { runControlFlow } from "./control-flow.ts";
import { runNode } from "./run-node.ts";

/** The values that a graph sees around it, by name. */
export type Scope = (name: string) => Tensor | null;

/**
 * Computes every output of a model, in the order of `graph.outputs`, slowly. The oracle of the passes: it shares nothing with a runtime.
 * @throws OnnxError UNSUPPORTED_OPERATOR for an operator that is not known, INVALID_INPUT for a missing feed
 */
export function runModel(model: OnnxModel, feeds: ReadonlyMap<string, Tensor>): Tensor[] {
  const inputs = model.graph.inputs.map((name) => {
    const tensor = feeds.get(name) ?? model.graph.constants.get(name);
    if (tensor === undefined) throw new OnnxError("INVALID_INPUT", `The model's input ${JSON.stringify(name)} was not given.`);
    return tensor;
  });
  return runGraph(model.graph, inputs, opsetOf(model), () => null);
}

/** `inputs` in the order of `graph.inputs`; `around` gives what the graph captures. */
export function runGraph(graph: Graph, inputs: readonly Tensor[], opset: number, around: Scope): Tensor[] {
  const values = new Map<string, Tensor>(graph.constants);
  for (const [index, name] of graph.inputs.entries()) {
    const tensor = inputs[index];
    if (tensor !== undefined) values.set(name, tensor);
  }
  const scope: Scope = (name) => values.get(name) ?? around(name);
  const read = (name: string, node: Node): Tensor => {
    const tensor = scope(name);
    if (tensor === null)
      throw new OnnxError("INVALID_GRAPH", `The node ${node.describe()} reads ${JSON.stringify(name)}, which is not there.`);
    return tensor;
  };
  for (const node of graph.nodes) {
    const operands = node.inputs.map((name) => (name === "" ? null : read(name, node)));
    const run = (body: Graph, given: readonly Tensor[]): Tensor[] => runGraph(body, given, opset, scope);
    const results = runControlFlow(node, operands, run) ?? runNode(node, operands, opset);
    if (results === null) throw new OnnxError("UNSUPPORTED_OPERATOR", `The node ${node.describe()} is not computed here.`);
    for (const [index, name] of node.outputs.entries()) {
      const tensor = results[index];
      if (name !== "" && tensor !== undefined) values.set(name, tensor);
    }
  }
  return graph.outputs.map((name) => {
    const tensor = scope(name);
    if (tensor === null) throw new OnnxError("INVALID_GRAPH", `Nothing produces the output ${JSON.stringify(name)}.`);
    return tensor;
  });
}
