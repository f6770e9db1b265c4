import { countOperators, recogniseShape } from "./name-block.ts";
import { foldBlocks, Numbering, type Part } from "./fold-blocks.ts";
import { orderNodes } from "./order-nodes.ts";
import type { GraphFacts, NodeFacts, Outline, OutlineGroup, OutlineItem } from "./types.ts";

/** Draws with QuantizeLinear and DequantizeLinear at the edges (`compact`), or with every node of the file (`full`). */
export type OutlineKind = "compact" | "full";

interface State {
  readonly graph: GraphFacts;
  readonly kind: OutlineKind;
  readonly symbols: Numbering;
  readonly patterns: Numbering;
  readonly groups: OutlineGroup[];
  /** By scope: its nodes that are drawn. */
  readonly shown: ReadonlyMap<number, readonly number[]>;
  /** By value as it is drawn: the nodes that read it. */
  readonly readers: ReadonlyMap<number, readonly number[]>;
}

/** What is drawn, what folds into what, and which items are joined by which values. */
export function buildOutline(graph: GraphFacts, kind: OutlineKind): Outline {
  const shown = new Map<number, number[]>(graph.scopes.map((_, scope) => [scope, []]));
  for (const [index, node] of graph.nodes.entries()) {
    if (kind === "full" || node.foldedInto === undefined) shown.get(node.scope)?.push(index);
  }
  const readers = new Map<number, number[]>();
  const state: State = { graph, kind, symbols: new Numbering(), patterns: new Numbering(), groups: [], shown, readers };
  for (const node of [...shown.values()].flat()) {
    for (const root of rootsRead(state, node)) {
      const known = readers.get(root);
      if (known === undefined) readers.set(root, [node]);
      else known.push(node);
    }
  }
  addScope(state, 0);
  return { groups: state.groups };
}

/** The value that stands for `value` in this drawing: in a compact one that in front of its quantisation. */
function rootOf({ graph, kind }: State, value: number): number {
  return kind === "full" ? value : (graph.values[value]?.source ?? value);
}

const isConstant = ({ graph }: State, value: number): boolean => graph.values[value]?.kind === "constant";

/** What a node reads, as the file has it and as it is drawn; constants are part of the node. */
function readsOf(state: State, index: number): { value: number; root: number }[] {
  const node = state.graph.nodes[index];
  return [...(node?.inputs ?? []), ...(node?.captures ?? [])].flatMap((value) => {
    if (value === null) return [];
    const root = rootOf(state, value);
    return isConstant(state, root) ? [] : { value, root };
  });
}

const rootsRead = (state: State, node: number): number[] => [...new Set(readsOf(state, node).map(({ root }) => root))];

function addScope(state: State, scope: number): number {
  const { graph } = state;
  const { inputs, outputs } = graph.scopes[scope] ?? { inputs: [], outputs: [] };
  const leaving = new Set(outputs.map((value) => rootOf(state, value)));
  const order = orderNodes(graph, state.shown.get(scope) ?? [], (node) => rootsRead(state, node), [...leaving]);
  const foldable = order.map((node) => ({
    node,
    label: labelOf(graph, graph.nodes[node]),
    reads: rootsRead(state, node),
    writes: graph.nodes[node]?.outputs.flatMap((value) => value ?? []) ?? [],
  }));
  const { symbols, patterns } = state;
  const parts = foldBlocks(foldable, { isOutput: (value) => leaving.has(value), symbols, patterns, path: String(scope) });
  const { index, group, owner } = addGroup(state, { kind: "scope", scope, pattern: null }, parts, leaving);
  joinItems(
    state,
    group,
    owner,
    "input",
    inputs.filter((value) => !isConstant(state, value)),
  );
  for (const value of outputs) addOutput(state, group, owner, value);
  return index;
}

/** Nodes are alike by operator, and convolutions by whether they mix channels. */
function labelOf(graph: GraphFacts, node: NodeFacts | undefined): string {
  if (node === undefined) return "";
  return `${node.domain}.${node.op}${isDepthwise(graph, node) ? " depthwise" : ""}${node.bodies.length > 0 ? ` ${node.name}` : ""}`;
}

function isDepthwise(graph: GraphFacts, node: NodeFacts): boolean {
  const group = Number(node.attributes.find((attribute) => attribute.name === "group")?.text ?? 1);
  const weight = node.inputs[1] ?? null;
  return group > 1 && weight !== null && graph.values[weight]?.shape?.[1] === 1;
}

type Frame = Pick<OutlineGroup, "kind" | "scope" | "pattern">;

/** By node: the item of the group that holds it. */
type Owner = ReadonlyMap<number, number>;

function addGroup(
  state: State,
  frame: Frame,
  parts: readonly Part[],
  leaving: ReadonlySet<number>,
): { index: number; group: OutlineGroup; owner: Owner } {
  const index = state.groups.length;
  const nodes = parts.flatMap(nodesOf);
  const group: OutlineGroup = {
    ...frame,
    // A run is called what each of its blocks is called.
    shape:
      frame.kind === "scope"
        ? null
        : recogniseShape(state.graph, (frame.kind === "run" ? parts.slice(0, 1) : parts).flatMap(nodesOf), (node) =>
            isDepthwise(state.graph, node),
          ),
    operators: countOperators(state.graph, nodes),
    items: [],
    edges: [],
  };
  state.groups.push(group);
  const owner = new Map<number, number>();
  for (const [item, part] of parts.entries()) {
    for (const node of nodesOf(part)) owner.set(node, item);
    group.items.push(addPart(state, part, leaving));
  }
  return { index, group, owner };
}

function nodesOf(part: Part): number[] {
  return part.kind === "node" ? [part.node] : part.parts.flatMap(nodesOf);
}

function addPart(state: State, part: Part, leaving: ReadonlySet<number>): OutlineItem {
  if (part.kind === "node") return { kind: "node", node: part.node, group: addBodies(state, part.node) };
  const { index, group, owner } = addGroup(state, { kind: part.kind, scope: null, pattern: part.pattern }, part.parts, leaving);
  joinItems(state, group, owner, "entry", []);
  for (const node of owner.keys()) {
    for (const value of state.graph.nodes[node]?.outputs ?? []) {
      if (value === null) continue;
      const outside = state.readers.get(value)?.some((reader) => !owner.has(reader)) ?? false;
      if (outside || leaving.has(value)) addExit(group, owner.get(node) ?? 0, { kind: "exit", value });
    }
  }
  return { kind: "group", group: index };
}

function addBodies(state: State, node: number): number | null {
  const bodies = state.graph.nodes[node]?.bodies ?? [];
  if (bodies.length === 0) return null;
  const index = state.groups.length;
  const group: OutlineGroup = { kind: "bodies", scope: null, pattern: null, shape: null, operators: [], items: [], edges: [] };
  state.groups.push(group);
  for (const scope of bodies) group.items.push({ kind: "group", group: addScope(state, scope) });
  return index;
}

/**
 * Joins the items of a group by the values that they read from each other; values from outside come in through items of `kind`, of which
 * those for `inputs` are there even if nothing reads them.
 */
function joinItems(state: State, group: OutlineGroup, owner: Owner, kind: "input" | "entry", inputs: readonly number[]): void {
  const doors = new Map<number, number>();
  const doorOf = (value: number): number => {
    const known = doors.get(value) ?? group.items.push({ kind, value }) - 1;
    doors.set(value, known);
    return known;
  };
  for (const value of inputs) doorOf(value);
  const seen = new Set<string>();
  for (const [node, to] of owner) {
    for (const { value, root } of readsOf(state, node)) {
      const producer = state.graph.values[root]?.producer ?? null;
      const from = (producer === null ? undefined : owner.get(producer)) ?? doorOf(root);
      const key = `${from} ${to} ${value}`;
      if (from === to || seen.has(key)) continue;
      seen.add(key);
      group.edges.push({ value, from, to });
    }
  }
}

function addExit(group: OutlineGroup, from: number, item: OutlineItem & { value: number }): void {
  const to = group.items.push(item) - 1;
  group.edges.push({ value: item.value, from, to });
}

/** An output may be an input that is passed on, or a constant, which nothing leads to. */
function addOutput(state: State, group: OutlineGroup, owner: Owner, value: number): void {
  const root = rootOf(state, value);
  const producer = state.graph.values[root]?.producer ?? null;
  const door = group.items.findIndex((item) => item.kind === "input" && item.value === root);
  const from = (producer === null ? undefined : owner.get(producer)) ?? (door === -1 ? null : door);
  if (from !== null) addExit(group, from, { kind: "output", value });
  else group.items.push({ kind: "output", value });
}
