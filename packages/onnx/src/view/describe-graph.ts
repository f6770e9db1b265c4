import { typeName } from "../graph/data-types.ts";
import type { Graph } from "../graph/graph.ts";
import type { OnnxModel } from "../graph/model.ts";
import type { Node } from "../graph/node.ts";
import { byteLength, elementCount, type Tensor } from "../graph/tensor.ts";
import { countsAsParameter } from "../inspect/inspect-model.ts";
import { shortenText } from "./shorten-text.ts";
import { summariseAttribute } from "./summarise-attribute.ts";
import type { GraphFacts, NodeFacts, ScopeFacts, ValueFacts } from "./types.ts";

/** The facts, and by node the scopes of its bodies. Tensors by value: scales are read from them. */
export interface DescribedGraph extends GraphFacts {
  readonly tensors: ReadonlyMap<number, Tensor>;
}

interface State {
  readonly values: ValueFacts[];
  readonly nodes: NodeFacts[];
  readonly scopes: ScopeFacts[];
  readonly tensors: Map<number, Tensor>;
  /** Constants whose cost a node has already taken. */
  readonly counted: Set<number>;
}

type Names = Map<string, number>;

/**
 * Lists the nodes, values and scopes of a model whose types are inferred. Constant nodes are no nodes here: what they hold is a constant
 * like any other. The nodes of a graph come before those of the graphs inside it, each in the order of the file.
 */
export function describeGraph(model: OnnxModel): DescribedGraph {
  const state: State = { values: [], nodes: [], scopes: [], tensors: new Map(), counted: new Set() };
  describeScope(state, model.graph, [], "", null);
  return state;
}

function describeScope(state: State, graph: Graph, around: readonly Names[], name: string, node: number | null): number {
  const index = state.scopes.length;
  const scope: ScopeFacts = { name, node, inputs: [], outputs: [] };
  state.scopes.push(scope);
  const names: Names = new Map();
  const visible = [names, ...around];
  for (const input of graph.inputs) scope.inputs.push(addValue(state, graph, names, input, { kind: "input", producer: null }));
  for (const [constant, tensor] of graph.constants) if (!names.has(constant)) addConstant(state, graph, names, constant, tensor);
  for (const opaque of graph.opaque) if (!names.has(opaque)) addValue(state, graph, names, opaque, { kind: "constant", producer: null });
  const described = graph.nodes
    .filter((each) => !addConstantNode(state, graph, names, each))
    .map((each) => [each, state.nodes.length] as const);
  // Bodies in a second round, so that the nodes of one graph stand together.
  const first = state.nodes.length;
  for (const [each] of described) state.nodes.push(describeNode(state, graph, each, index, visible));
  for (const [offset, [each]] of described.entries()) describeBodies(state, each, first + offset, visible);
  scope.outputs.push(...graph.outputs.flatMap((output) => find(visible, output) ?? []));
  return index;
}

function addValue(state: State, graph: Graph, names: Names, name: string, facts: Pick<ValueFacts, "kind" | "producer">): number {
  const type = graph.typeOf(name);
  const index = state.values.length;
  const shape = type?.shape?.map((dim) => (typeof dim === "string" ? shortenText(dim) : dim)) ?? null;
  state.values.push({ name: shortenText(name), ...facts, type: typeName(type?.elemType ?? 0), shape });
  names.set(name, index);
  return index;
}

function addConstant(state: State, graph: Graph, names: Names, name: string, tensor: Tensor | null): void {
  const index = addValue(state, graph, names, name, { kind: "constant", producer: null });
  const value = state.values[index];
  if (tensor === null || value === undefined) return;
  value.type = typeName(tensor.dataType);
  value.shape = [...tensor.dims];
  value.bytes = byteLength(tensor);
  state.tensors.set(index, tensor);
}

function addConstantNode(state: State, graph: Graph, names: Names, node: Node): boolean {
  if (!node.is("Constant")) return false;
  const [output = ""] = node.outputs;
  addConstant(state, graph, names, output, node.tensor("value"));
  return true;
}

function describeNode(state: State, graph: Graph, node: Node, scope: number, visible: readonly Names[]): NodeFacts {
  const index = state.nodes.length;
  const inputs = node.inputs.map((input) => (input === "" ? null : find(visible, input)));
  const captured = new Set(node.subgraphs().flatMap((subgraph) => [...subgraph.captures()]));
  const captures = [...captured].flatMap((name) => find(visible, name) ?? []);
  const [names] = visible;
  const outputs = node.outputs.map((output) =>
    output === "" || names === undefined ? null : addValue(state, graph, names, output, { kind: "computed", producer: index }),
  );
  const attributes = [...node.attributes].flatMap(([name, attribute]) => {
    const text = summariseAttribute(attribute);
    return text === null ? [] : { name: shortenText(name), text };
  });
  const { opType: op, domain } = node;
  const common = {
    name: shortenText(node.name),
    op: shortenText(op),
    domain: shortenText(domain),
    scope,
    inputs,
    outputs,
    captures,
    attributes,
  };
  return { ...common, precision: "other", ...takeCost(state, inputs), bodies: [] };
}

/** A constant costs what it costs once, however many nodes read it: the first one takes it. */
function takeCost(state: State, inputs: readonly (number | null)[]): Pick<NodeFacts, "parameters" | "bytes"> {
  let [parameters, bytes] = [0, 0];
  for (const input of inputs) {
    const tensor = input === null || state.counted.has(input) ? undefined : state.tensors.get(input);
    if (input === null || tensor === undefined) continue;
    state.counted.add(input);
    bytes += byteLength(tensor);
    if (countsAsParameter(tensor)) parameters += elementCount(tensor.dims);
  }
  return { parameters, bytes };
}

function describeBodies(state: State, node: Node, index: number, visible: readonly Names[]): void {
  for (const [name, attribute] of node.attributes) {
    const graphs = attribute.kind === "graph" ? [attribute.value] : attribute.kind === "graphs" ? attribute.value : [];
    for (const graph of graphs) state.nodes[index]?.bodies.push(describeScope(state, graph, visible, shortenText(name), index));
  }
}

function find(visible: readonly Names[], name: string): number | null {
  for (const names of visible) {
    const index = names.get(name);
    if (index !== undefined) return index;
  }
  return null;
}
