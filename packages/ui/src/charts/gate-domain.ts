/**
 * The range that a gate's picture covers: everything that is drawn (value, interval, limit) with a fifth of air on each side,
 * and 0 where all of it is near 0. Never empty.
 */
export function gateDomain(values: readonly (number | null)[]): [number, number] {
  const known = values.filter((value): value is number => value !== null && Number.isFinite(value));
  if (known.length === 0) return [0, 1];
  const low = Math.min(...known);
  const high = Math.max(...known);
  const span = high - low || Math.abs(high) || 1;
  const start = low >= 0 && low <= span ? 0 : low - 0.2 * span;
  return [start, high + 0.2 * span];
}
