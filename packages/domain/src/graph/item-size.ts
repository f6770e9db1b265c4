import type { GraphItem, GraphNode, GraphValue } from "@flotilla/contracts";
import { doorText, windowText } from "./describe-value.ts";
import type { Size } from "./layout/layered.ts";

/**
 * Pixels at natural size. The worker lays out with them and the browser draws them, so they cannot be measured from a font. Pictures that are stored
 * were laid out with the sizes of their time: another size needs another GRAPH_VIEW_VERSION.
 */
const CHARACTER = 7.4;
const NODE = { height: 44, least: 156, most: 264, beside: 48, precision: 48 } as const;
const BLOCK = { width: 216, height: 52 } as const;
const PILL = { height: 28, least: 80, most: 260, beside: 28 } as const;
const DOOR = { width: 10, height: 2 } as const;
/** Room around what a group shows when it is unfolded, and its title above. */
export const GROUP_PADDING = 14;
export const GROUP_TITLE = 30;

export interface Facts {
  readonly nodes: readonly GraphNode[];
  readonly values: readonly GraphValue[];
}

const between = (least: number, value: number, most: number): number => Math.round(Math.min(most, Math.max(least, value)));

/** The size of an item that is folded. */
export function foldedSize({ nodes, values }: Facts, item: GraphItem): Size {
  switch (item.kind) {
    case "node": {
      const node = nodes[item.node];
      if (node === undefined) return { width: NODE.least, height: NODE.height };
      const window = windowText(node);
      const characters = node.op.length + (window === "" ? 0 : window.length + 1);
      // What most nodes calculate in is not written on each of them.
      const beside = NODE.beside + (node.precision === "float32" || node.precision === "other" ? 0 : NODE.precision);
      return { width: between(NODE.least, characters * CHARACTER + beside, NODE.most), height: NODE.height };
    }
    case "group":
      return BLOCK;
    case "input":
    case "output": {
      const value = values[item.value];
      const characters = value === undefined ? 0 : doorText(value).length;
      return { width: between(PILL.least, characters * CHARACTER + PILL.beside, PILL.most), height: PILL.height };
    }
    default:
      return DOOR;
  }
}

/** The size of an unfolded item whose inside is `width` × `height`. */
export function unfoldedSize({ width, height }: Size): Size {
  return { width: Math.max(BLOCK.width, width + 2 * GROUP_PADDING), height: height + GROUP_TITLE + GROUP_PADDING };
}
