export type Corner = readonly [x: number, y: number];

/** Stacks the series of each point on top of each other: per series, per point, `[from, to]`. */
export function stackCounts(rows: readonly (readonly number[])[]): (readonly [number, number])[][] {
  const layers: (readonly [number, number])[][] = (rows[0] ?? []).map(() => []);
  for (const row of rows) {
    let sum = 0;
    for (const [series, count] of row.entries()) {
      layers[series]?.push([sum, sum + count]);
      sum += count;
    }
  }
  return layers;
}

/** The SVG path of an area whose edges are steps: a value holds until the next point. */
export function stepArea(points: readonly { x: number; bottom: number; top: number }[]): string {
  if (points.length === 0) return "";
  const top = steps(points.map((point) => [point.x, point.top]));
  const bottom = steps(points.map((point) => [point.x, point.bottom]));
  return `M${[...top, ...bottom.reverse()].map(([x, y]) => `${x},${y}`).join("L")}Z`;
}

function steps(points: readonly Corner[]): Corner[] {
  return points.flatMap((point, index) => {
    const before = points[index - 1];
    return before === undefined ? [point] : [[point[0], before[1]] as const, point];
  });
}
