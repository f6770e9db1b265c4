import type { GraphNode, GraphView } from "@flotilla/contracts";

/** One of two graphs that are compared, as it is drawn with its quantisation at the edges. */
export interface GraphSide {
  readonly view: GraphView;
  /** The nodes that are drawn. */
  readonly nodes: readonly number[];
  readonly readers: ReadonlyMap<number, readonly { readonly node: number; readonly place: number }[]>;
}

export function toSide(view: GraphView): GraphSide {
  const nodes = view.nodes.flatMap((node, index) => (node.foldedInto === undefined ? index : []));
  const readers = new Map<number, { node: number; place: number }[]>();
  for (const node of nodes) {
    for (const [place, value] of (view.nodes[node]?.inputs ?? []).entries()) {
      if (value === null) continue;
      const root = rootValue(view, value);
      const known = readers.get(root);
      if (known === undefined) readers.set(root, [{ node, place }]);
      else known.push({ node, place });
    }
  }
  return { view, nodes, readers };
}

/** The value in front of its quantisation. */
export function rootValue(view: GraphView, value: number): number {
  return view.values[value]?.source ?? value;
}

/** What a node computes with: its inputs that are no constants, in front of their quantisation, with their places. */
export function dataInputs(view: GraphView, node: GraphNode): { root: number; place: number }[] {
  return node.inputs.flatMap((value, place) => {
    if (value === null) return [];
    const root = rootValue(view, value);
    return view.values[root]?.kind === "constant" ? [] : { root, place };
  });
}
