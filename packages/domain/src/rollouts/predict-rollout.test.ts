import * as fc from "fast-check";
import { expect, test } from "vitest";
import { specOf } from "../testing/snapshots.ts";
import { predictRollout } from "./predict-rollout.ts";

const canary = specOf({ name: "canary", target: { kind: "count", count: 1 }, soakSeconds: 60, deadlineSeconds: 600 });
const all = specOf({ name: "all", target: { kind: "percent", percent: 100 }, soakSeconds: 10, deadlineSeconds: 1000 });
const of = (change: object = {}) =>
  predictRollout({ stages: [canary, all], deviceCount: 1001, downloadCount: 1001, bytesTotal: 1001e6, bytesPerSecond: 1e6, ...change });

test("a canary of one, then a thousand: spread, download and hold one after the other", () => {
  expect(of().stages).toEqual([
    { name: "canary", newDevices: 1, totalDevices: 1, bytes: 1e6, earliestStart: 0, earliestEnd: 61, latestEnd: 660 },
    { name: "all", newDevices: 1000, totalDevices: 1001, bytes: 1e9, earliestStart: 61, earliestEnd: 61 + 2 + 1 + 10, latestEnd: 1670 },
  ]);
});

test.each([
  ["spread over 2 s a thousand fetch 500 MB a second", {}, 500e6],
  ["a slow network is the limit where it is slower", { bytesPerSecond: 1e3 }, 1e6],
  ["of a speed that nobody measured, the spread says it", { bytesPerSecond: null }, 500e6],
  ["few begin at once, as fast as they can", { deviceCount: 10, downloadCount: 10, bytesTotal: 10e6 }, 9e6],
  ["few of unknown speed: not known", { deviceCount: 10, downloadCount: 10, bytesTotal: 10e6, bytesPerSecond: null }, null],
  ["who holds it fetches nothing", { downloadCount: 0, bytesTotal: 0 }, 0],
])("peak: %s", (_, change, expected) => {
  const { peakBytesPerSecond } = of(change);
  if (expected === null) expect(peakBytesPerSecond).toBeNull();
  else expect(peakBytesPerSecond).toBeCloseTo(expected, -1);
});

test("a pace: the last of a stage begins when the pace lets it, and has its deadline from then on", () => {
  const { stages } = of({ pace: { kind: "constant", perMinute: 100 } });
  // 100 at once, and 901 more at 100 a minute.
  expect(stages.map(({ earliestEnd }) => earliestEnd)).toEqual([61, 540 + 1 + 10]);
  expect(stages.map(({ latestEnd }) => latestEnd)).toEqual([660, 1670]);
  const slow = of({ pace: { kind: "constant", perMinute: 10 } }).stages[1];
  expect([slow?.earliestEnd, slow?.latestEnd]).toEqual([5946 + 11, 5946 + 1010]);
  // 10 at once and 10 in the first minute, then 20, 40, 50 and 50 a minute.
  const growing = { kind: "exponential", startPerMinute: 10, factor: 2, everySeconds: 60, maxPerMinute: 50 };
  expect(of({ pace: growing, deviceCount: 130, downloadCount: 130, bytesTotal: 0 }).stages[1]?.earliestEnd).toBe(240 + 10);
});

test("after a stage that a person promotes nobody knows the latest end", () => {
  const { stages } = of({ stages: [{ ...canary, manual: true }, all] });
  expect(stages.map(({ latestEnd }) => latestEnd)).toEqual([660, null]);
  expect(of({ stages: [canary, { ...all, manual: true }] }).stages.at(-1)?.latestEnd).toBe(1670);
});

test("for any group: no stage ends before it starts or later than it may, and the stages' bytes are all bytes", () => {
  const counts = fc.tuple(fc.nat(20_000), fc.nat(20_000), fc.nat(1e9));
  fc.assert(
    fc.property(counts, fc.option(fc.integer({ min: 1, max: 1e9 })), fc.nat(1e5), ([deviceCount, fetching, each], bytesPerSecond, soak) => {
      const downloadCount = Math.min(fetching, deviceCount);
      const bytesTotal = downloadCount * each;
      const stages = [
        { ...canary, soakSeconds: soak, deadlineSeconds: 1e12 },
        { ...all, deadlineSeconds: 1e12 },
      ];
      const predicted = predictRollout({ stages, deviceCount, downloadCount, bytesTotal, bytesPerSecond });
      let last = 0;
      for (const stage of predicted.stages) {
        expect(stage.earliestStart).toBe(last);
        expect(stage.earliestEnd).toBeGreaterThanOrEqual(stage.earliestStart);
        expect(stage.latestEnd ?? Infinity).toBeGreaterThanOrEqual(stage.earliestEnd);
        last = stage.earliestEnd;
      }
      const sum = predicted.stages.reduce((total, { bytes }) => total + bytes, 0);
      expect(Math.abs(sum - bytesTotal)).toBeLessThanOrEqual(2);
    }),
  );
});
