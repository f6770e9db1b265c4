/** Ends and step of a slider. */
export interface SliderSpan {
  from: number;
  to: number;
  step: number;
}

const STEPS = 200;

/** From 0 to a little more than the largest value, in round steps. Both ends are multiples of the step, so that the slider reaches them. */
export function spanUpTo(values: readonly number[]): SliderSpan {
  const most = Math.max(0, ...values);
  if (most === 0) return { from: 0, to: 1, step: 0.01 };
  const step = 10 ** Math.floor(Math.log10(most / STEPS)) * 5;
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  const round = (value: number) => Number(value.toFixed(digits));
  return { from: 0, to: round(Math.ceil((most * 1.02) / step) * step), step: round(step) };
}

/** Percents from a little below the least share to 100. */
export function spanOfShares(shares: readonly number[]): SliderSpan {
  return { from: Math.max(0, Math.floor(100 * Math.min(0.98, ...shares)) - 1), to: 100, step: 0.1 };
}
