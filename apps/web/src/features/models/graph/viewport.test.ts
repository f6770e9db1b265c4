import { describe, expect, test } from "vitest";
import { bringIntoView, clamp, firstLook, fit, scrollBy, visibleTiles, zoomAt } from "./viewport.ts";

const screen = { width: 800, height: 600 };
const tall = { width: 200, height: 3000 };
const small = { width: 300, height: 200 };

describe("what is seen at first", () => {
  test("a small graph stands in the middle, at its own size", () => {
    expect(firstLook(screen, small, undefined)).toEqual({ scale: 1, left: 250, top: 200 });
  });

  test("a tall one is not shrunk until nobody can read it: it begins at the top, with its input in the middle", () => {
    const start = { x: 40, y: 0, width: 100, height: 28 };
    const { scale, left, top } = firstLook(screen, tall, start);
    expect(scale).toBeGreaterThan(0.6);
    expect([left + 90 * scale, top]).toEqual([400, 24]);
    expect(fit(screen, tall).scale).toBeLessThan(0.2);
  });
});

test("zooming keeps the point under the pointer", () => {
  const before = { scale: 1, left: 100, top: 50 };
  const after = zoomAt(before, 1.5, { x: 300, y: 200 }, screen, tall);
  expect(after.scale).toBe(1.5);
  expect([(300 - after.left) / 1.5, (200 - after.top) / 1.5]).toEqual([200, 150]);
  expect(zoomAt(before, 100, { x: 0, y: 0 }, screen, small).scale).toBe(2.5);
  expect(zoomAt(before, 1e-9, { x: 0, y: 0 }, screen, small).scale).toBeGreaterThan(0);
});

test("the picture cannot be lost beyond the edge", () => {
  const far = clamp({ scale: 1, left: -1e6, top: 1e6 }, screen, small);
  expect(far.left).toBeGreaterThan(-300);
  expect(far.top).toBeLessThan(600);
});

test("the wheel goes to the end of the picture and then leaves the page to the page", () => {
  const start = { scale: 1, left: 300, top: 24 };
  expect(scrollBy(start, { x: 0, y: 100 }, screen, tall)).toEqual({ scale: 1, left: 300, top: -76 });
  expect(scrollBy(start, { x: 0, y: -100 }, screen, tall)).toBe(start);
  const end = { scale: 1, left: 300, top: 600 - 3000 - 24 };
  expect(scrollBy(end, { x: 0, y: 100 }, screen, tall)).toBe(end);
});

test("a box outside the screen is brought in by as little as it takes, a far one into the middle", () => {
  const view = { scale: 1, left: 0, top: 0 };
  const box = (y: number) => ({ x: 300, y, width: 100, height: 40 });
  expect(bringIntoView(view, box(300), screen)).toEqual(view);
  expect(bringIntoView(view, box(580), screen).top).toBe(600 - 48 - 620);
  const { top } = bringIntoView(view, box(2500), screen);
  expect(2500 + top).toBeGreaterThan(200);
  expect(2540 + top).toBeLessThan(400);
});

test("the visible part changes only from tile to tile, and holds all that is on the screen", () => {
  const at = (left: number) => visibleTiles({ scale: 0.5, left, top: -10 }, screen, 480);
  expect(at(-20)).toEqual(at(-30));
  const { x, y, width, height } = at(-20);
  expect([x <= 40, y <= 20, x + width >= 1640, y + height >= 1220]).toEqual([true, true, true, true]);
});
