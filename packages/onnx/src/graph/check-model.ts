import { OnnxError } from "../errors.ts";
import type { Graph } from "./graph.ts";
import type { OnnxModel } from "./model.ts";
import type { Node } from "./node.ts";
import { byteLength, elementCount } from "./tensor.ts";
import { bitsPerElement } from "./data-types.ts";

/**
 * Checks what every valid model has: one producer a value, nodes in topological order, every name defined where it is read, known
 * domains, tensors as large as their shapes say. Subgraphs included.
 * @throws OnnxError INVALID_GRAPH naming the node, UNSUPPORTED_OPSET for a domain without a version
 */
export function checkModel(model: OnnxModel): void {
  checkGraph(model.graph, model, new Set());
}

function checkGraph(graph: Graph, model: OnnxModel, around: ReadonlySet<string>): void {
  const known = new Set(around);
  for (const name of [...graph.inputs, ...graph.constants.keys(), ...graph.opaque]) known.add(name);
  checkConstants(graph);
  for (const node of graph.nodes) {
    checkNode(node, known, model);
    for (const subgraph of node.subgraphs()) checkGraph(subgraph, model, known);
    for (const output of node.outputs) if (output !== "") known.add(output);
  }
  for (const output of graph.outputs) {
    if (!known.has(output)) throw invalid(`The graph's output ${JSON.stringify(output)} is produced by no node.`);
  }
  checkTypes(graph);
}

function checkNode(node: Node, known: ReadonlySet<string>, model: OnnxModel): void {
  if (node.opType === "") throw invalid(`The node ${node.describe()} has no operator.`);
  for (const input of node.inputs) {
    if (input !== "" && !known.has(input)) {
      throw invalid(
        `The node ${node.describe()} reads ${JSON.stringify(input)}, which nothing before it produces: the nodes are out of order or a part is missing.`,
      );
    }
  }
  for (const output of node.outputs) {
    if (output !== "" && known.has(output))
      throw invalid(`The node ${node.describe()} produces ${JSON.stringify(output)}, which already exists.`);
  }
  const functions = model.proto.functions.some((candidate) => candidate.domain === node.domain && candidate.name === node.opType);
  if (!model.opsets.has(node.domain) && !functions) {
    throw new OnnxError(
      "UNSUPPORTED_OPSET",
      `The node ${node.describe()} uses the operator domain ${JSON.stringify(node.domain)}, for which the model declares no version. Export it again.`,
    );
  }
}

function checkConstants(graph: Graph): void {
  for (const [name, tensor] of graph.constants) {
    const bits = bitsPerElement(tensor.dataType);
    const wanted = tensor.strings === undefined ? Math.ceil((elementCount(tensor.dims) * (bits ?? 0)) / 8) : byteLength(tensor);
    if (byteLength(tensor) !== wanted)
      throw invalid(
        `The constant ${JSON.stringify(name)} of ${tensor.dims.join(" × ")} values has ${byteLength(tensor)} bytes instead of ${wanted}.`,
      );
  }
}

function checkTypes(graph: Graph): void {
  for (const name of [...graph.inputs, ...graph.outputs]) {
    const shape = graph.typeOf(name)?.shape ?? [];
    if (shape.some((dim) => typeof dim === "number" && (dim < 0 || !Number.isSafeInteger(dim)))) {
      throw invalid(`The value ${JSON.stringify(name)} has the impossible shape ${shape.join(" × ")}.`);
    }
  }
}

function invalid(problem: string): OnnxError {
  return new OnnxError("INVALID_GRAPH", `${problem} Export the model again.`);
}
