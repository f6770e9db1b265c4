/** Where a value lies in the picture. */
export type Scale = (value: number) => number;

/** A straight scale from a domain to picture units; a domain without width lands at the range's start. */
export function linear([low, high]: readonly [number, number], [start, end]: readonly [number, number]): Scale {
  const width = high - low;
  return (value) => (width === 0 ? start : start + ((value - low) / width) * (end - start));
}

/**
 * Round numbers from 0 to at least `high`, about `count` steps of 1, 2 or 5 times a power of ten: the marks of an axis that begins at 0.
 * The step nearest in proportion is taken, as d3-array does.
 */
export function niceTicks(high: number, count: number): number[] {
  const raw = high / count;
  const power = Math.floor(Math.log10(raw));
  const error = raw / 10 ** power;
  const factor = error >= Math.sqrt(50) ? 10 : error >= Math.sqrt(10) ? 5 : error >= Math.sqrt(2) ? 2 : 1;
  // Below 1 by division: 3 × 0.1 is not 0.3.
  const tick = (index: number) => (power < 0 ? (index * factor) / 10 ** -power : index * factor * 10 ** power);
  const steps = Math.ceil(high / tick(1) - 1e-9);
  return Array.from({ length: steps + 1 }, (_, index) => tick(index));
}
