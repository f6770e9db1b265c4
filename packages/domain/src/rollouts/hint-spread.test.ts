import * as fc from "fast-check";
import { expect, test } from "vitest";
import { hintSpreadSeconds, SERVING_CAPACITY } from "./hint-spread.ts";

const MB = 1_000_000;

test.each([
  ["a canary", 1, 50 * MB, 0],
  ["250 devices with 1 MB each", 250, 250 * MB, 0],
  ["a wave of 3,999 without artifact", 3_999, 0, 0],
  ["a wave of 5,000 without artifact", 5_000, 0, 1],
  ["5,000 devices with 20 MB each: 100 GB at 500 MB/s", 5_000, 5_000 * 20 * MB, 200],
])("%s → %4$s s", (_what, devices, bytes, seconds) => {
  expect(hintSpreadSeconds({ devices, bytes })).toBe(seconds);
});

const wave = fc.record({ devices: fc.nat(100_000), bytes: fc.nat(10 ** 12) });

test("nobody asks faster than the capacity by more than what is served in one second", () => {
  fc.assert(
    fc.property(wave, ({ devices, bytes }) => {
      const seconds = hintSpreadSeconds({ devices, bytes }) + 1;
      expect(devices / seconds).toBeLessThanOrEqual(SERVING_CAPACITY.devicesPerSecond);
      expect(bytes / seconds).toBeLessThanOrEqual(SERVING_CAPACITY.bytesPerSecond);
    }),
  );
});

test("a larger wave never spreads over less time", () => {
  fc.assert(
    fc.property(wave, wave, (a, b) => {
      const both = { devices: a.devices + b.devices, bytes: a.bytes + b.bytes };
      expect(hintSpreadSeconds(both)).toBeGreaterThanOrEqual(hintSpreadSeconds(a));
    }),
  );
});
