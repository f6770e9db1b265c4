import type { GraphDrawing, GraphEdge, GraphGroup, GraphView } from "@flotilla/contracts";
import type { Placement } from "./layout/place-cells.ts";
import { type Point, rootOf, type SceneBox, type SceneEdge } from "./scene.ts";

export interface RouteContext {
  readonly view: GraphView;
  readonly drawing: GraphDrawing;
  readonly boxes: SceneBox[];
  /** Entries and exits of unfolded boxes, by `doorKey`. */
  readonly doors: Map<string, Point>;
}

export function doorKey(parent: number, kind: "entry" | "exit", value: number): string {
  return `${parent} ${kind} ${value}`;
}

export interface PlacedGroup {
  readonly group: GraphGroup;
  readonly placement: Placement;
  /** Upper and lower edge of each cell's layer. */
  readonly spans: readonly { readonly top: number; readonly bottom: number }[];
  readonly origin: Point;
  /** Place in the scene's boxes by item. */
  readonly boxOf: readonly number[];
}

/** The share of a box's width over which the ends of its edges are spread. */
const SPREAD = 0.64;

interface End {
  readonly edge: number;
  /** Ends with the same key share a point. */
  readonly key: number;
  /** Where the edge comes from or goes to: ends stand in that order. */
  readonly towards: number;
}

/** The edges of a group as points in the whole picture: out of the lower side of a box, straight through each layer that they pass, into the upper side of another. */
export function routeEdges(context: RouteContext, placed: PlacedGroup): SceneEdge[] {
  const { group, placement, origin, boxOf } = placed;
  const at = (cell: number): number => origin.x + (placement.x[cell] ?? 0);
  const root = (edge: GraphEdge): number => rootOf(context.view, context.drawing, edge.value);
  const outgoing = new Map<number, End[]>();
  const incoming = new Map<number, End[]>();
  for (const [index, edge] of group.edges.entries()) {
    const stops = [edge.from, ...edge.bends, edge.to];
    add(outgoing, edge.from, { edge: index, key: root(edge), towards: at(stops[1] ?? edge.to) });
    add(incoming, edge.to, { edge: index, key: index, towards: at(stops.at(-2) ?? edge.from) });
  }
  const starts = spreadEnds(outgoing, group.edges.length, (item) => context.boxes[boxOf[item] ?? -1]);
  const ends = spreadEnds(incoming, group.edges.length, (item) => context.boxes[boxOf[item] ?? -1]);
  return group.edges.flatMap((edge, index) => {
    const [from, to] = [boxOf[edge.from], boxOf[edge.to]];
    const [above, below] = [context.boxes[from ?? -1], context.boxes[to ?? -1]];
    if (from === undefined || to === undefined || above === undefined || below === undefined) return [];
    const start = context.doors.get(doorKey(from, "exit", root(edge))) ?? { x: starts[index] ?? 0, y: above.y + above.height };
    const end = context.doors.get(doorKey(to, "entry", root(edge))) ?? { x: ends[index] ?? 0, y: below.y };
    return { value: edge.value, from, to, points: [start, ...edge.bends.flatMap((bend) => through(placed, bend)), end] };
  });
}

function add(ends: Map<number, End[]>, item: number, end: End): void {
  const known = ends.get(item);
  if (known === undefined) ends.set(item, [end]);
  else known.push(end);
}

/** By edge: where along its box it ends. Edges that share a key share the place. */
function spreadEnds(byItem: ReadonlyMap<number, End[]>, edgeCount: number, boxOf: (item: number) => SceneBox | undefined): number[] {
  const result = Array.from({ length: edgeCount }, () => 0);
  for (const [item, ends] of byItem) {
    const box = boxOf(item);
    if (box === undefined) continue;
    const keys = [
      ...new Set([...ends].sort((left, right) => left.towards - right.towards || left.edge - right.edge).map(({ key }) => key)),
    ];
    for (const { edge, key } of ends) {
      const share = keys.length === 1 ? 0.5 : 0.5 + SPREAD * (keys.indexOf(key) / (keys.length - 1) - 0.5);
      result[edge] = box.x + box.width * share;
    }
  }
  return result;
}

/** A bend runs straight down through its layer, past the boxes that stand there. */
function through({ placement, spans, origin }: PlacedGroup, bend: number): Point[] {
  const x = origin.x + (placement.x[bend] ?? 0);
  const { top, bottom } = spans[bend] ?? { top: 0, bottom: 0 };
  return [
    { x, y: origin.y + top },
    { x, y: origin.y + bottom },
  ];
}
