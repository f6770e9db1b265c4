import { describe, expect, it } from "vitest";
import { preprocessingSchema } from "./model-card.ts";

const mnist = { kind: "image", width: 28, height: 28, channels: 1, layout: "nhwc", scale: 1 / 255, mean: [0], std: [1] };

describe("preprocessing", () => {
  it("has RGB order unless it says otherwise", () => {
    expect(preprocessingSchema.parse(mnist).channelOrder).toBe("rgb");
  });

  it.each([
    ["a width of 0", { width: 0 }],
    ["a width beyond every camera", { width: 8193 }],
    ["two channels", { channels: 2 }],
    ["a standard deviation of 0", { std: [0] }],
    ["a scale that is not a number", { scale: Number.NaN }],
    ["no mean", { mean: [] }],
  ])("refuses %s", (_, change) => {
    expect(preprocessingSchema.safeParse({ ...mnist, ...change }).success).toBe(false);
  });
});
