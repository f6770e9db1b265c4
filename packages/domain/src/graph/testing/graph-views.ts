import {
  GRAPH_VIEW_VERSION,
  type GraphItem,
  type GraphNode,
  type GraphPrecision,
  type GraphValue,
  type GraphView,
} from "@flotilla/contracts";
import { layOutDrawing } from "../layout/lay-out-drawing.ts";
import type { OutlinedGroup } from "../layout/lay-out-group.ts";

export interface TestNode {
  op: string;
  name?: string;
  /** Names of values; one that no node gives is a constant, except for `x`, the model's input. */
  inputs: readonly string[];
  /** Its name, with `y` as the model's output. */
  output: string;
  precision?: GraphPrecision;
  attributes?: Record<string, string>;
  bytes?: number;
}

/** A view of a flat graph, laid out; every node is an item of its own. */
export function viewOf(nodes: readonly TestNode[]): GraphView {
  const values: GraphValue[] = [{ name: "x", kind: "input", type: "float32", shape: ["n", 4], producer: null }];
  const byName = new Map([["x", 0]]);
  for (const [producer, { output }] of nodes.entries()) {
    byName.set(output, values.push({ name: output, kind: "computed", type: "float32", shape: ["n", 4], producer }) - 1);
  }
  const valueOf = (name: string): number => {
    const known = byName.get(name) ?? values.push({ name, kind: "constant", type: "float32", shape: [4], producer: null, bytes: 16 }) - 1;
    byName.set(name, known);
    return known;
  };
  const facts = nodes.map(
    (node): GraphNode => ({
      name: node.name ?? "",
      op: node.op,
      domain: "",
      scope: 0,
      inputs: node.inputs.map(valueOf),
      outputs: [valueOf(node.output)],
      captures: [],
      attributes: Object.entries(node.attributes ?? {}).map(([name, text]) => ({ name, text })),
      precision: node.precision ?? "float32",
      parameters: 0,
      bytes: node.bytes ?? 0,
      bodies: [],
    }),
  );
  const outputs = byName.has("y") ? [valueOf("y")] : [];
  const outlines = [flatGroup(facts, values, outputs)];
  return {
    version: GRAPH_VIEW_VERSION,
    values,
    nodes: facts,
    scopes: [{ name: "", node: null, inputs: [0], outputs }],
    compact: layOutDrawing({ nodes: facts, values }, { groups: outlines }),
    full: null,
  };
}

function flatGroup(nodes: readonly GraphNode[], values: readonly GraphValue[], outputs: readonly number[]): OutlinedGroup {
  const items: GraphItem[] = nodes.map((_, node) => ({ kind: "node", node, group: null }));
  const input = items.push({ kind: "input", value: 0 }) - 1;
  const edges = nodes.flatMap((node, to) =>
    node.inputs.flatMap((value) => {
      if (value === null || values[value]?.kind === "constant") return [];
      return { value, from: values[value]?.producer ?? input, to };
    }),
  );
  for (const value of outputs) edges.push({ value, from: values[value]?.producer ?? input, to: items.push({ kind: "output", value }) - 1 });
  return { kind: "scope", scope: 0, pattern: null, shape: null, operators: [], items, edges };
}

/** Relu nodes joined as `edges` say, by their numbers; what nothing leads to reads the input. */
export function reluGraph(count: number, edges: readonly (readonly [from: number, to: number])[]): GraphView {
  return viewOf(
    Array.from({ length: count }, (_, index) => {
      const from = edges.filter(([, to]) => to === index).map(([start]) => `v${start}`);
      return { op: "Relu", name: `n${index}`, inputs: from.length === 0 ? ["x"] : from, output: index === count - 1 ? "y" : `v${index}` };
    }),
  );
}
