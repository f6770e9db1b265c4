import { colour } from "./colours.ts";
import type { DotKind } from "./dot-kinds.ts";

/** Side of the square that a dot is described in. */
export const DOT_UNITS = 14;

/** One line or area of a dot, in `DOT_UNITS`; colours are CSS values over the tokens. */
export interface DotStroke {
  /** As in SVG. */
  path: string;
  fill?: string;
  stroke?: string;
  width?: number;
  dash?: readonly number[];
}

const outline = square(1.5, 11);
const full = square(1, 12);
const CROSS = "M4.5 4.5l5 5m0-5l-5 5";

/** How high a busy dot's filling stands, of 11: `fill` in the steps that can be seen. */
export function fillHeight(fill: number): number {
  return Math.max(2, Math.round(11 * Math.min(1, Math.max(0, fill))));
}

/** What a dot is drawn with, first things below, for the document and for a canvas. */
// oxlint-disable-next-line typescript/consistent-return -- the switch is exhaustive
export function dotStrokes(kind: DotKind, fill: number): DotStroke[] {
  const { tone, toneSoft } = colour;
  switch (kind) {
    case "ok":
      return [{ path: full, fill: tone.ok }];
    case "current":
      return [
        { path: outline, fill: toneSoft.ok, stroke: tone.ok },
        { path: "M4 7.2l2.2 2.2L10 5", stroke: tone.ok, width: 1.5 },
      ];
    case "bad":
      return [
        { path: full, fill: tone.bad },
        { path: CROSS, stroke: colour.surface, width: 1.6 },
      ];
    case "busy": {
      const height = fillHeight(fill);
      return [
        { path: outline, fill: toneSoft.busy, stroke: tone.busy },
        { path: `M1.5 ${12.5 - height}h11v${height}h-11z`, fill: tone.busy },
      ];
    }
    case "offline":
      return [{ path: outline, stroke: tone.off, dash: [2, 2] }];
    case "left":
      return [{ path: "M3 7h8", stroke: colour.faint, width: 1.6 }];
    case "waiting":
      return [{ path: outline, stroke: colour.lineStrong }];
  }
}

/** A square with corners of 2. */
function square(from: number, side: number): string {
  const line = side - 4;
  return `M${from + 2} ${from}h${line}q2 0 2 2v${line}q0 2-2 2h-${line}q-2 0-2-2v-${line}q0-2 2-2z`;
}
