import type { ModelCard, RecipePass } from "@flotilla/contracts";
import { describe, expect, test } from "vitest";
import { type CacheKeyInput, variantCacheKey } from "./variant-cache-key.ts";

const preprocessing = {
  kind: "image",
  width: 2,
  height: 2,
  channels: 1,
  channelOrder: "rgb",
  layout: "nhwc",
  scale: 1,
  mean: [0],
  std: [1],
} as const;
const card: ModelCard = { task: "classification", preprocessing: { ...preprocessing, mean: [0], std: [1] }, labels: [], notes: "" };
const STATIC: RecipePass = {
  pass: "int8-static",
  perChannel: true,
  observer: "min-max",
  activations: "uint8",
  reduceRange: false,
  calibrationSamples: 128,
  exclude: [],
};
const input = (pass: RecipePass, change: Partial<CacheKeyInput> = {}): CacheKeyInput => ({
  sourceSha256: "a",
  recipe: { schemaVersion: 1, name: "x", passes: [pass] },
  calibrationSha256: "c",
  card,
  ...change,
});
const otherCard: ModelCard = { ...card, preprocessing: { ...preprocessing, mean: [1], std: [1] } };
const fp16: RecipePass = { pass: "fp16", keepIo: true };

describe("the same key", () => {
  test.each<[string, CacheKeyInput, CacheKeyInput]>([
    ["another name", input(fp16), input(fp16, { recipe: { schemaVersion: 1, name: "y", passes: [fp16] } })],
    ["keys in another order, as jsonb gives them back", input(fp16), input({ keepIo: true, pass: "fp16" })],
    ["other calibration data, where nothing calibrates", input(fp16), input(fp16, { calibrationSha256: "d", card: otherCard })],
    ["other notes on the card", input(STATIC), input(STATIC, { card: { ...card, notes: "hello" } })],
  ])("for %s", (_, one, other) => {
    expect(variantCacheKey(one)).toBe(variantCacheKey(other));
  });
});

describe("another key", () => {
  test.each<[string, CacheKeyInput, CacheKeyInput]>([
    ["another source", input(fp16), input(fp16, { sourceSha256: "b" })],
    ["another parameter", input(fp16), input({ pass: "fp16", keepIo: false })],
    ["other calibration data", input(STATIC), input(STATIC, { calibrationSha256: "d" })],
    ["other preprocessing", input(STATIC), input(STATIC, { card: otherCard })],
  ])("for %s", (_, one, other) => {
    expect(variantCacheKey(one)).not.toBe(variantCacheKey(other));
  });
});
