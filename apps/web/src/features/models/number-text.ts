/** A number of any size in few characters: three digits that matter, a power of ten where zeros would hide them. */
export function numberText(value: number, format: (value: number, digits?: number) => string): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 100_000)) return value.toExponential(1);
  return format(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}
