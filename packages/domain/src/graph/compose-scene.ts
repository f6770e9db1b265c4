import type { GraphDrawing, GraphGroup, GraphItem, GraphView } from "@flotilla/contracts";
import { foldedSize, GROUP_PADDING, GROUP_TITLE, unfoldedSize } from "./item-size.ts";
import { placeGroup } from "./layout/lay-out-group.ts";
import type { Size } from "./layout/layered.ts";
import type { Placement } from "./layout/place-cells.ts";
import { doorKey, type PlacedGroup, type RouteContext, routeEdges } from "./route-edges.ts";
import { groupOf, type Point, type Scene, type SceneEdge } from "./scene.ts";

interface State extends RouteContext {
  readonly unfolded: ReadonlySet<number>;
  readonly measured: Map<number, { sizes: Size[]; placement: Placement }>;
  readonly edges: SceneEdge[];
}

/** The picture with some groups unfolded: what is inside them is drawn in their place, and the rest makes room. */
export function composeScene(view: GraphView, drawing: GraphDrawing, unfolded: ReadonlySet<number>): Scene {
  const state: State = { view, drawing, unfolded, measured: new Map(), boxes: [], doors: new Map(), edges: [] };
  const { placement } = measure(state, 0);
  drawGroup(state, 0, { x: 0, y: 0 }, null);
  return { boxes: state.boxes, edges: state.edges, width: placement.width, height: placement.height };
}

function measure(state: State, index: number): { sizes: Size[]; placement: Placement } {
  const known = state.measured.get(index);
  if (known !== undefined) return known;
  const group = state.drawing.groups[index];
  if (group === undefined) return { sizes: [], placement: { x: [], y: [], width: 0, height: 0 } };
  let changed = false;
  const sizes = group.items.map((item) => {
    const inside = groupOf(item);
    if (inside === null || !state.unfolded.has(inside)) return foldedSize(state.view, item);
    changed = true;
    return unfoldedSize(measure(state, inside).placement);
  });
  const placement = changed ? placeGroup(group, sizes) : group;
  const result = { sizes, placement };
  state.measured.set(index, result);
  return result;
}

function drawGroup(state: State, index: number, origin: Point, parent: number | null): void {
  const group = state.drawing.groups[index];
  if (group === undefined) return;
  const { sizes, placement } = measure(state, index);
  const spans = spansOf(group, sizes, placement);
  const boxOf = group.items.map((item, at) => {
    const size = sizes[at] ?? { width: 0, height: 0 };
    const corner = { x: origin.x + (placement.x[at] ?? 0) - size.width / 2, y: origin.y + (spans[at]?.top ?? 0) };
    const inside = groupOf(item);
    const unfolded = inside !== null && state.unfolded.has(inside);
    const box = state.boxes.push({ key: keyOf(item, index), item, ...corner, ...size, group: inside, unfolded, parent }) - 1;
    if ((item.kind === "entry" || item.kind === "exit") && parent !== null) {
      const y = item.kind === "entry" ? corner.y : corner.y + size.height;
      state.doors.set(doorKey(parent, item.kind, item.value), { x: corner.x + size.width / 2, y });
    }
    if (unfolded) drawGroup(state, inside, insideOf(state, inside, { ...corner, ...size }), box);
    return box;
  });
  state.edges.push(...routeEdges(state, { group, placement, spans, origin, boxOf }));
}

/** Where the content of an unfolded box begins: under its title, in the middle of a box that is wider. */
function insideOf(state: State, group: number, box: Point & Size): Point {
  const { width } = measure(state, group).placement;
  return { x: box.x + Math.max(GROUP_PADDING, (box.width - width) / 2), y: box.y + GROUP_TITLE };
}

function keyOf(item: GraphItem, group: number): string {
  if (item.kind === "node") return `node-${item.node}`;
  if (item.kind === "group") return `group-${item.group}`;
  return `${item.kind}-${group}-${item.value}`;
}

function spansOf(group: GraphGroup, sizes: readonly Size[], placement: Placement): PlacedGroup["spans"] {
  const spans: { top: number; bottom: number }[] = [];
  for (const [layer, cells] of group.layers.entries()) {
    const top = placement.y[layer] ?? 0;
    const bottom = top + cells.reduce((most, cell) => Math.max(most, sizes[cell]?.height ?? 0), 0);
    for (const cell of cells) spans[cell] = { top, bottom };
  }
  return spans;
}
