import { OnnxError } from "../errors.ts";
import { attributeFromProto } from "../graph/attribute-proto.ts";
import type { Graph } from "../graph/graph.ts";
import { allGraphs, type OnnxModel } from "../graph/model.ts";
import type { Attribute, Node } from "../graph/node.ts";
import { readGraph } from "../graph/read-model.ts";
import type { FunctionProto, NodeProto } from "../proto/gen/onnx_pb.js";

/** Calls inside calls. Real models have two or three. */
const MAX_DEPTH = 32;
const MAX_NODES = 200_000;

/**
 * Before:     nodes that call the model's own functions
 * After:      their bodies in their place; the functions are gone
 * Conditions: a function that imports another version of an operator set than the model stays as it is. The passes know graphs only, so this
 *             runs before them
 * Bit-equal.
 * @returns notes
 * @throws OnnxError TOO_DEEP for functions that call themselves, TOO_MANY_NODES where the bodies multiply
 */
export function inlineFunctions(model: OnnxModel): string[] {
  const functions = new Map(model.proto.functions.map((entry) => [keyOf(entry.domain, entry.name, entry.overload), entry]));
  if (functions.size === 0) return [];
  checkSize(model, functions);
  const kept = new Set<FunctionProto>();
  let inlined = 0;
  for (;;) {
    const calls = callsIn(model, functions).filter(({ callee }) => !kept.has(callee));
    if (calls.length === 0) break;
    for (const { graph, node, callee } of calls) {
      if (!compatible(model, callee)) {
        kept.add(callee);
        continue;
      }
      inlineCall(graph, node, callee, model.irVersion);
      inlined += 1;
    }
    refreshAll(model.graph);
  }
  // A function that stays may call any of the others.
  if (kept.size === 0) model.proto.functions = [];
  sortAll(model.graph);
  return inlined === 0 ? [] : [`${inlined} calls of the model's own functions were replaced by their bodies.`];
}

interface Call {
  readonly graph: Graph;
  readonly node: Node;
  readonly callee: FunctionProto;
}

function keyOf(domain: string, name: string, overload: string): string {
  return JSON.stringify([domain === "ai.onnx" ? "" : domain, name, overload]);
}

function callsIn(model: OnnxModel, functions: ReadonlyMap<string, FunctionProto>): Call[] {
  return allGraphs(model.graph).flatMap((graph) =>
    graph.nodes.flatMap((node) => {
      const callee = functions.get(keyOf(node.domain, node.opType, node.proto?.overload ?? ""));
      return callee === undefined ? [] : [{ graph, node, callee }];
    }),
  );
}

function compatible(model: OnnxModel, callee: FunctionProto): boolean {
  const imports = callee.opsetImport.map((entry) => [entry.domain === "ai.onnx" ? "" : entry.domain, Number(entry.version)] as const);
  if (imports.some(([domain, version]) => (model.opsets.get(domain) ?? version) !== version)) return false;
  for (const [domain, version] of imports) model.opsets.set(domain, version);
  return true;
}

/** How many nodes the model has with every call written out: counted, so that nothing grows before it is refused. */
function checkSize(model: OnnxModel, functions: ReadonlyMap<string, FunctionProto>): void {
  const sizes = new Map<FunctionProto, number>();
  const open = new Set<FunctionProto>();
  const sizeOf = (callee: FunctionProto): number => {
    const known = sizes.get(callee);
    if (known !== undefined) return known;
    if (open.has(callee) || open.size >= MAX_DEPTH)
      throw new OnnxError(
        "TOO_DEEP",
        `The model's function ${JSON.stringify(callee.name)} calls itself, or calls go more than ${MAX_DEPTH} deep. Export it without functions.`,
      );
    open.add(callee);
    const size = nodesIn(callee.node).reduce((sum, node) => sum + expanded(keyOf(node.domain, node.opType, node.overload)), 0);
    open.delete(callee);
    sizes.set(callee, size);
    return size;
  };
  const expanded = (key: string): number => {
    const callee = functions.get(key);
    return callee === undefined ? 1 : sizeOf(callee);
  };
  const nodes = allGraphs(model.graph).flatMap((graph) => graph.nodes);
  const total = nodes.reduce((sum, node) => sum + expanded(keyOf(node.domain, node.opType, node.proto?.overload ?? "")), 0);
  if (total > MAX_NODES)
    throw new OnnxError(
      "TOO_MANY_NODES",
      `With its functions written out the model has more than ${MAX_NODES.toLocaleString("en")} nodes. Export it without functions.`,
    );
}

/** The nodes of a body and of the bodies inside it. */
function nodesIn(nodes: readonly NodeProto[]): NodeProto[] {
  return nodes.flatMap((node) => [
    node,
    ...node.attribute.flatMap((attribute) =>
      [...(attribute.g === undefined ? [] : [attribute.g]), ...attribute.graphs].flatMap((graph) => nodesIn(graph.node)),
    ),
  ]);
}

function inlineCall(graph: Graph, call: Node, callee: FunctionProto, irVersion: number): void {
  const names = new Map<string, string>();
  for (const [index, formal] of callee.input.entries()) names.set(formal, call.inputs[index] ?? "");
  const passed: [string, string][] = [];
  for (const [index, formal] of callee.output.entries()) {
    const actual = call.outputs[index] ?? "";
    if (callee.input.includes(formal)) {
      if (actual !== "") passed.push([formal, actual]);
      continue;
    }
    names.set(formal, actual === "" ? graph.freshName(formal) : actual);
  }
  const defined = callee.node.flatMap((node) => node.output).filter((name) => name !== "" && !names.has(name));
  for (const name of defined) names.set(name, graph.freshName(name));
  graph.removeNode(call);
  for (const node of callee.node) addBodyNode(graph, node, call, callee, names, irVersion);
  // A function may hand an input on as its output.
  for (const [formal, actual] of passed) graph.addNode({ opType: "Identity", inputs: [names.get(formal) ?? ""], outputs: [actual] });
}

function addBodyNode(
  graph: Graph,
  proto: NodeProto,
  call: Node,
  callee: FunctionProto,
  names: ReadonlyMap<string, string>,
  irVersion: number,
): void {
  const rename = (name: string): string => (name === "" ? "" : (names.get(name) ?? name));
  const attributes = new Map<string, Attribute>();
  for (const entry of proto.attribute) {
    const attribute = attributeFromProto(entry, {
      readGraph: (body) => {
        const inner = readGraph(body, graph, irVersion, undefined);
        bindReferences(inner, call, callee);
        for (const name of inner.captures()) inner.renameCapture(name, rename(name));
        return inner;
      },
    });
    const bound = attribute.kind === "reference" ? valueOf(attribute.value, call, callee) : attribute;
    if (bound !== null) attributes.set(entry.name, bound);
  }
  graph.addNode({
    opType: proto.opType,
    domain: proto.domain,
    name: call.name === "" ? proto.name : `${call.name}/${proto.name}`,
    inputs: proto.input.map(rename),
    outputs: proto.output.map(rename),
    attributes,
    proto,
  });
}

/** The attribute that the call gives, or the function's default; null where neither is there. */
function valueOf(name: string, call: Node, callee: FunctionProto): Attribute | null {
  const given = call.attributes.get(name);
  if (given !== undefined) return given;
  const fallback = callee.attributeProto.find((entry) => entry.name === name);
  return fallback === undefined ? null : attributeFromProto(fallback, { readGraph: (body) => readGraph(body, null, 8, undefined) });
}

/** References stand in the bodies inside a function too. */
function bindReferences(graph: Graph, call: Node, callee: FunctionProto): void {
  for (const inner of allGraphs(graph))
    for (const node of inner.nodes)
      for (const [name, attribute] of [...node.attributes]) {
        if (attribute.kind !== "reference") continue;
        const bound = valueOf(attribute.value, call, callee);
        if (bound === null) node.attributes.delete(name);
        else node.attributes.set(name, bound);
      }
}

/** Innermost first: what a body captures is known only when those in it are. */
function refreshAll(graph: Graph): void {
  for (const node of graph.nodes) {
    const bodies = node.subgraphs();
    for (const body of bodies) refreshAll(body);
    if (bodies.length > 0) graph.refreshCaptures(node);
  }
}

function sortAll(graph: Graph): void {
  graph.sortTopologically();
  for (const node of graph.nodes) for (const body of node.subgraphs()) sortAll(body);
}
