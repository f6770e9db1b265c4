import type { Point } from "@flotilla/domain/graph";

/** An SVG path through the points that leaves and reaches each of them straight from above. */
export function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  let path = `M${round(first.x)} ${round(first.y)}`;
  let before = first;
  for (const point of rest) {
    const middle = round((before.y + point.y) / 2);
    path +=
      Math.abs(before.x - point.x) < 0.5
        ? `V${round(point.y)}`
        : `C${round(before.x)} ${middle} ${round(point.x)} ${middle} ${round(point.x)} ${round(point.y)}`;
    before = point;
  }
  return path;
}

const round = (value: number): number => Math.round(value * 10) / 10;
