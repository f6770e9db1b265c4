import type { Preprocessing } from "@flotilla/contracts";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { preprocess, type RawImage } from "./index.ts";

const plain: Preprocessing = {
  kind: "image",
  width: 2,
  height: 2,
  channels: 3,
  channelOrder: "rgb",
  layout: "nhwc",
  scale: 1,
  mean: [0],
  std: [1],
};
const grey = (width: number, height: number, data: number[]): RawImage => ({ width, height, channels: 1, data: Uint8Array.from(data) });
const colour: RawImage = { width: 2, height: 2, channels: 3, data: Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]) };

describe("layout and channels", () => {
  test("nhwc keeps channels together, nchw puts them in planes", () => {
    expect([...preprocess(colour, plain)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect([...preprocess(colour, { ...plain, layout: "nchw" })]).toEqual([1, 4, 7, 10, 2, 5, 8, 11, 3, 6, 9, 12]);
  });

  test("bgr turns the channels round; mean and std then belong to blue first", () => {
    const options: Preprocessing = { ...plain, width: 2, height: 2, channelOrder: "bgr", mean: [3, 2, 1], std: [1, 2, 4] };
    expect([...preprocess(colour, options)].slice(0, 6)).toEqual([0, 0, 0, 3, 1.5, 0.75]);
  });

  test("grey becomes colour by repetition, colour becomes grey by BT.601", () => {
    expect([...preprocess(grey(2, 2, [1, 2, 3, 4]), plain)]).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]);
    expect(preprocess(colour, { ...plain, channels: 1 })[0]).toBeCloseTo(0.299 + 2 * 0.587 + 3 * 0.114, 5);
  });

  test("(pixel * scale - mean) / std", () => {
    const options: Preprocessing = { ...plain, channels: 1, scale: 1 / 255, mean: [0.5], std: [0.25] };
    expect([...preprocess(grey(2, 2, [0, 255, 51, 102]), options)]).toEqual([-2, 2, expect.closeTo(-1.2), expect.closeTo(-0.4)]);
  });
});

describe("resizing", () => {
  // torch.nn.functional.interpolate(x, size, mode="bilinear", align_corners=False) gives these.
  test("2 → 4 by half-pixel centres", () => {
    const out = preprocess(grey(2, 1, [0, 100]), { ...plain, width: 4, height: 1, channels: 1 });
    expect([...out]).toEqual([0, 25, 75, 100]);
  });

  test("4 → 2 takes the middle of each pair", () => {
    expect([...preprocess(grey(4, 1, [0, 10, 20, 30]), { ...plain, width: 2, height: 1, channels: 1 })]).toEqual([5, 25]);
  });

  test("never leaves the range of the pixels", () => {
    const images = fc.record({
      width: fc.integer({ min: 1, max: 9 }),
      height: fc.integer({ min: 1, max: 9 }),
      value: fc.integer({ min: 0, max: 255 }),
    });
    fc.assert(
      fc.property(images, fc.integer({ min: 1, max: 12 }), ({ width, height, value }, side) => {
        const flat = grey(
          width,
          height,
          Array.from({ length: width * height }, () => value),
        );
        expect(new Set(preprocess(flat, { ...plain, width: side, height: side, channels: 1 }))).toEqual(new Set([value]));
      }),
    );
  });
});

test("says how many bytes an image should have", () => {
  expect(() => preprocess({ ...colour, data: new Uint8Array(5) }, plain)).toThrow("has 12 bytes, but 5 were given");
});
