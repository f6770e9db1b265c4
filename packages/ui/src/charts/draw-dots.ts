import type { DotLook } from "./dot-kinds.ts";
import { DOT_UNITS, type DotStroke, dotStrokes, fillHeight } from "./dot-strokes.ts";

/** Where the dots of a matrix lie, in CSS px. */
export interface DotGrid {
  columns: number;
  /** Side of a cell; its dot is a little smaller. */
  cell: number;
}

export interface DotPicture extends DotGrid {
  dots: readonly DotLook[];
  /** The one that is pointed at. */
  active: number | null;
  /** What of the matrix the canvas shows: from `top`, so many px. */
  top: number;
  width: number;
  height: number;
}

interface Brush extends Omit<DotStroke, "path"> {
  path: Path2D;
}

/** Share of a cell that its dot takes, as 14 of 24. */
const DOT_SHARE = 0.62;

/**
 * Draws the rows of a matrix that a canvas shows. Dots that look alike are drawn one after the other with the same brushes, and only those that can
 * be seen: what it costs does not grow with the matrix.
 *
 * @param colourOf a CSS colour over the tokens, as the page's theme has it now
 */
export function drawDots(canvas: HTMLCanvasElement, picture: DotPicture, colourOf: (css: string) => string): void {
  const { width, height, cell, columns, top, dots, active } = picture;
  const ratio = window.devicePixelRatio || 1;
  const context = canvas.getContext("2d");
  if (context === null) return;
  fit(canvas, Math.round(width * ratio), Math.round(height * ratio));
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  const scale = (ratio * cell * DOT_SHARE) / DOT_UNITS;
  const margin = (cell * (1 - DOT_SHARE)) / 2;
  const place = (index: number): [x: number, y: number] => [(index % columns) * cell, Math.floor(index / columns) * cell - top];
  const first = Math.floor(top / cell) * columns;
  const last = Math.min(dots.length, Math.ceil((top + height) / cell) * columns);
  for (const [brushes, places] of byLook(dots, first, last, colourOf)) {
    for (const index of places) {
      const [x, y] = place(index);
      context.setTransform(scale, 0, 0, scale, ratio * (x + margin), ratio * (y + margin));
      for (const brush of brushes) paint(context, brush);
    }
  }
  if (active === null || active < first || active >= last) return;
  const [x, y] = place(active);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.strokeStyle = colourOf("var(--text)");
  context.lineWidth = 1;
  context.setLineDash([]);
  context.strokeRect(x + 0.5, y + 0.5, cell - 1, cell - 1);
}

function fit(canvas: HTMLCanvasElement, width: number, height: number): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

function byLook(dots: readonly DotLook[], first: number, last: number, colourOf: (css: string) => string): Map<Brush[], number[]> {
  const brushesOf = new Map<string, Brush[]>();
  const places = new Map<Brush[], number[]>();
  for (let index = first; index < last; index += 1) {
    const { kind, fill } = dots[index] ?? { kind: "waiting", fill: 0 };
    const look = kind === "busy" ? `busy ${fillHeight(fill)}` : kind;
    let brushes = brushesOf.get(look);
    if (brushes === undefined) {
      brushes = dotStrokes(kind, fill).map((stroke) => toBrush(stroke, colourOf));
      brushesOf.set(look, brushes);
      places.set(brushes, []);
    }
    places.get(brushes)?.push(index);
  }
  return places;
}

function toBrush({ path, fill, stroke, ...rest }: DotStroke, colourOf: (css: string) => string): Brush {
  return {
    ...rest,
    path: new Path2D(path),
    ...(fill === undefined ? {} : { fill: colourOf(fill) }),
    ...(stroke === undefined ? {} : { stroke: colourOf(stroke) }),
  };
}

function paint(context: CanvasRenderingContext2D, { path, fill, stroke, width = 1, dash = [] }: Brush): void {
  if (fill !== undefined) {
    context.fillStyle = fill;
    context.fill(path);
  }
  if (stroke === undefined) return;
  context.strokeStyle = stroke;
  context.lineWidth = width;
  context.setLineDash([...dash]);
  context.stroke(path);
}
