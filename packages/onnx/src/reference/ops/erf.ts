/** The error function: its Taylor series below 2, the continued fraction of erfc above, where the series cancels. */
export function erf(value: number): number {
  const x = Math.abs(value);
  if (x >= 2) return Math.sign(value) * (1 - erfc(Math.min(x, 27)));
  let sum = x;
  let term = x;
  for (let n = 1; n < 60; n += 1) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return Math.sign(value) * (2 / Math.sqrt(Math.PI)) * sum;
}

function erfc(x: number): number {
  let fraction = x;
  for (let n = 60; n > 0; n -= 1) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}
