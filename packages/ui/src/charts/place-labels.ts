/** A box in picture units; `x`, `y` is the upper left corner. */
interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface LabelPlace {
  x: number;
  y: number;
  anchor: "start" | "middle" | "end";
}

const CHARACTER_WIDTH = 6.1;
const WIDE_CHARACTER_WIDTH = 11;
const HEIGHT = 14;
const GAP = 11;

/**
 * Places a label beside each point so that labels cover neither each other nor another point where that can be had: each tries
 * right, left, above, below, then the four corners, and takes the first place that is free, or the least bad one.
 * Greedy in the order of the points, so it gives the same picture for the same data.
 */
export function placeLabels(
  points: readonly { x: number; y: number; label: string }[],
  area: { width: number; height: number },
): LabelPlace[] {
  const dots: Box[] = points.map((point) => ({ x: point.x - 7, y: point.y - 7, width: 14, height: 14 }));
  const taken: Box[] = [];
  return points.map((point, index) => {
    const width = textWidth(point.label);
    const others = dots.filter((_, other) => other !== index);
    const ranked = candidates(point, width).map((place) => {
      const box = boxOf(place, width);
      const hits = [...taken, ...others].reduce((sum, other) => sum + overlap(box, other), 0);
      return { place, box, cost: hits + outside(box, area) * 4 };
    });
    const best = ranked.reduce((left, right) => (right.cost < left.cost ? right : left));
    taken.push(best.box);
    return best.place;
  });
}

/** Rough width of a label in 11 px type: CJK characters are about twice as wide. */
export function textWidth(label: string): number {
  return Array.from(label).reduce(
    (sum, character) => sum + ((character.codePointAt(0) ?? 0) > 0x2e7f ? WIDE_CHARACTER_WIDTH : CHARACTER_WIDTH),
    0,
  );
}

function candidates({ x, y }: { x: number; y: number }, width: number): LabelPlace[] {
  return [
    { x: x + GAP, y: y + 4, anchor: "start" },
    { x: x - GAP, y: y + 4, anchor: "end" },
    { x, y: y - GAP, anchor: "middle" },
    { x, y: y + GAP + 9, anchor: "middle" },
    { x: x + 6, y: y - GAP, anchor: "start" },
    { x: x + 6, y: y + GAP + 9, anchor: "start" },
    { x: x - 6, y: y - GAP, anchor: "end" },
    { x: x - 6, y: y + GAP + 9, anchor: "end" },
    { x: x + GAP + width / 3, y: y - GAP - HEIGHT, anchor: "start" },
  ];
}

function boxOf(place: LabelPlace, width: number): Box {
  const shift = place.anchor === "start" ? 0 : place.anchor === "end" ? width : width / 2;
  return { x: place.x - shift, y: place.y - HEIGHT + 3, width, height: HEIGHT };
}

function overlap(left: Box, right: Box): number {
  const width = Math.min(left.x + left.width, right.x + right.width) - Math.max(left.x, right.x);
  const height = Math.min(left.y + left.height, right.y + right.height) - Math.max(left.y, right.y);
  return width > 0 && height > 0 ? width * height : 0;
}

function outside(box: Box, area: { width: number; height: number }): number {
  const left = Math.max(0, -box.x);
  const right = Math.max(0, box.x + box.width - area.width);
  const top = Math.max(0, -box.y);
  const bottom = Math.max(0, box.y + box.height - area.height);
  return (left + right) * box.height + (top + bottom) * box.width;
}
