import type { GraphDrawing, GraphItem, GraphView } from "@flotilla/contracts";
import type { Size } from "./layout/layered.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** An item where it stands in the whole picture; `x` and `y` are its upper left corner. */
export interface SceneBox extends Size {
  /** The same item has the same key in every scene of a drawing. */
  readonly key: string;
  readonly item: GraphItem;
  readonly x: number;
  readonly y: number;
  /** The group that it unfolds to, if it can. */
  readonly group: number | null;
  readonly unfolded: boolean;
  /** Place of the unfolded box around it in `boxes`; null at the top. */
  readonly parent: number | null;
}

export interface SceneEdge {
  readonly value: number;
  /** Places in `boxes`. */
  readonly from: number;
  readonly to: number;
  readonly points: readonly Point[];
}

export interface Scene extends Size {
  readonly boxes: readonly SceneBox[];
  readonly edges: readonly SceneEdge[];
}

/** The group that an item unfolds to. */
export function groupOf(item: GraphItem): number | null {
  return item.kind === "group" || item.kind === "node" ? item.group : null;
}

/** The value that is drawn for `value`: in the compact drawing the one in front of its quantisation. */
export function rootOf(view: GraphView, drawing: GraphDrawing, value: number): number {
  return drawing === view.full ? value : (view.values[value]?.source ?? value);
}
