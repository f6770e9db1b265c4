import { expect, test } from "vitest";
import { spanOfShares, spanUpTo } from "./slider-span.ts";

test.each([
  [[61.4, 294.8], { from: 0, to: 305, step: 5 }],
  [[0.24, 0.11], { from: 0, to: 0.245, step: 0.005 }],
  [[], { from: 0, to: 1, step: 0.01 }],
])("a slider over %j", (values, expected) => {
  expect(spanUpTo(values)).toEqual(expected);
});

test("the largest value is within, and both ends are reached by whole steps", () => {
  for (const most of [0.003, 1, 7.77, 123.4, 98_765]) {
    const { to, step } = spanUpTo([most]);
    expect(to).toBeGreaterThanOrEqual(most);
    expect(Math.abs(to / step - Math.round(to / step))).toBeLessThan(1e-6);
  }
});

test("agreement goes from below the worst to all", () => {
  expect(spanOfShares([1, 0.913])).toEqual({ from: 90, to: 100, step: 0.1 });
  expect(spanOfShares([1, 0.999]).from).toBe(97);
  expect(spanOfShares([0]).from).toBe(0);
});
