import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyJournal } from "./core/journal.ts";
import { jitteredDelay } from "./core/state.ts";
import { parseJournal } from "./effects/parse-journal.ts";
import { spreadDelayMs } from "./effects/mqtt-link.ts";
import { temperatureC } from "./effects/report-metrics.ts";
import { readOptions } from "./read-options.ts";
import { isClassification, topClass } from "./runtime/host/classes.ts";
import { allClose } from "./runtime/host/golden.ts";
import { bucketOf, Measure, quantile } from "./runtime/host/measure.ts";
import { tensorFrom } from "./runtime/host/tensors.ts";

describe("options", () => {
  it("reads flags", () => {
    expect(
      readOptions([
        "--server",
        "https://h:1/",
        "--data",
        "d",
        "--tag",
        "a=b",
        "--tag",
        "c=d=e",
        "--ca-fingerprint",
        "AB:".repeat(31) + "AB",
        "--poll-interval",
        "2",
      ]),
    ).toMatchObject({
      server: "https://h:1",
      data: "d",
      tags: ["a=b", "c=d=e"],
      caFingerprint: "ab".repeat(32),
      pollIntervalMs: 2000,
      metricsIntervalMs: 60_000,
    });
  });
  it.each([
    [[], "--server and --data must be given"],
    [["--server", "http://h", "--data", "d"], "begins with https://"],
    [["--server", "https://h", "--data", "d", "--ca-fingerprint", "12"], "64 hex digits"],
    [["--server", "https://h", "--data", "d", "--tag", "x"], "key=value"],
    [["--serve", "x"], "--serve"],
    [["--server", "https://h", "--data", "d", "--token-file", "/nowhere/token"], "cannot be read from /nowhere/token"],
    [["--server", "https://h", "--data", "d", "--token-file", "/dev/null"], "There is no token in /dev/null"],
  ])("says what is wrong with %j", (argv, sentence) => {
    expect(() => readOptions(argv)).toThrow(sentence);
  });
  it("reads the token out of a file, so that it is in no process list; the flag wins", async () => {
    const directory = await mkdtemp(join(tmpdir(), "flotilla-token-"));
    const file = join(directory, "token");
    await writeFile(file, "secret-token\n", { mode: 0o600 });
    const argv = ["--server", "https://h", "--data", "d", "--token-file", file];
    expect(readOptions(argv)).toMatchObject({ token: "secret-token" });
    expect(readOptions([...argv, "--token", "other"])).toMatchObject({ token: "other" });
    await rm(directory, { recursive: true });
  });
});

describe("waiting", () => {
  it("is spread, bounded, and grows", () => {
    fc.assert(
      fc.property(fc.nat(100), fc.double({ min: 0, max: 0.999, noNaN: true }), (tries, random) => {
        const delay = jitteredDelay(tries, random);
        expect(delay).toBeGreaterThanOrEqual(50);
        expect(delay).toBeLessThanOrEqual(300_000);
      }),
    );
  });
  it("after a hint is the same each time for a device, and within the spread", () => {
    const hint = { seq: 7, spreadSeconds: 60 };
    const delays = Array.from({ length: 500 }, (_, index) => spreadDelayMs(`device-${index}`, hint));
    expect(delays).toEqual(Array.from({ length: 500 }, (_, index) => spreadDelayMs(`device-${index}`, hint)));
    expect(Math.max(...delays)).toBeLessThan(60_000);
    expect(delays.filter((delay) => delay < 30_000).length).toBeGreaterThan(200);
    expect(spreadDelayMs("x", { seq: 1, spreadSeconds: 0 })).toBe(0);
  });
});

describe("journal", () => {
  it.each([
    ["half a file", '{"schemaVersion":1,'],
    ["another version", JSON.stringify({ ...emptyJournal(), schemaVersion: 2 })],
    ["a current slot that holds nothing", JSON.stringify({ ...emptyJournal(), current: "A" })],
    ["an attempt at a slot that holds nothing", JSON.stringify({ ...emptyJournal(), trying: { slot: "A", seq: 1, attempts: 1 } })],
  ])("%s is no journal", (_, text) => {
    expect(parseJournal(text)).toBeNull();
  });
});

describe("measuring", () => {
  it("counts, and begins again once it was asked", () => {
    const measure = new Measure();
    for (const latency of [0.05, 3, 3, 9999]) measure.ran(latency);
    measure.classified(3, 0.5);
    measure.classified(3, 1);
    measure.failed();
    const taken = measure.take();
    expect(taken).toMatchObject({
      inferenceCount: 4,
      errorCount: 1,
      latencyP50Ms: 3,
      latencyP95Ms: 9999,
      classCounts: { "3": 2 },
      meanConfidence: 0.75,
    });
    expect(taken.histogram).toHaveLength(15);
    expect([taken.histogram[0], taken.histogram[5], taken.histogram[14]]).toEqual([1, 2, 1]);
    expect(measure.take()).toMatchObject({ inferenceCount: 0, latencyP50Ms: null, meanConfidence: null });
  });
  it("takes quantiles by nearest rank, and puts a bound into its own bucket", () => {
    expect(quantile([], 0.5)).toBeNull();
    expect(quantile([5, 1, 4, 2, 3], 0.5)).toBe(3);
    expect(bucketOf(0.1)).toBe(0);
    expect(bucketOf(2500.1)).toBe(14);
  });
  it("reads the warmest thermal zone, and null where there is none", async () => {
    const root = await mkdtemp(join(tmpdir(), "thermal-"));
    expect(await temperatureC(join(root, "none"))).toBeNull();
    for (const [zone, value] of [
      ["thermal_zone0", "41500\n"],
      ["thermal_zone1", "62000\n"],
      ["cooling_device0", "99000"],
    ] as const) {
      await mkdir(join(root, zone));
      await writeFile(join(root, zone, "temp"), value);
    }
    expect(await temperatureC(root)).toBe(62);
    await rm(root, { recursive: true });
  });
});

describe("answers of a model", () => {
  const output = (shape: (number | string)[]) => [{ name: "y", type: "float32" as const, shape }];
  it("tells classes from other outputs", () => {
    expect(isClassification({ labels: [], outputs: output(["n", 10]) })).toBe(true);
    expect(isClassification({ labels: ["a", "b"], outputs: output(["n", 2]) })).toBe(true);
    expect(isClassification({ labels: ["a", "b"], outputs: output(["n", 4]) })).toBe(false);
    expect(isClassification({ labels: [], outputs: output(["n", 10, 10, 3]) })).toBe(false);
    expect(isClassification({ labels: [], outputs: output(["n", 1]) })).toBe(false);
  });
  it("takes the first of equals, and never NaN", () => {
    expect(topClass([1, 3, 3])).toBe(1);
    expect(topClass([Number.NaN, 1, Number.NaN])).toBe(1);
    expect(allClose([1, Number.NaN], [1, 1])).toBe(false);
    expect(allClose([1.04], [1])).toBe(true);
    expect(allClose([1.2], [1])).toBe(false);
  });
  it("takes nested and flat data, and refuses what does not fill its shape", () => {
    const spec = { name: "x", type: "int64" as const, shape: [2, 2] };
    const nested = tensorFrom(
      {
        name: "x",
        shape: [2, 2],
        datatype: "INT64",
        data: [
          [1, 2],
          [3, 4],
        ],
      },
      spec,
      null,
    );
    expect([...(nested.data as BigInt64Array)]).toEqual([1n, 2n, 3n, 4n]);
    expect(() => tensorFrom({ name: "x", shape: [2, 2], datatype: "INT64", data: [1] }, spec, null)).toThrow("4 values, but 1 were sent");
    expect(() => tensorFrom({ name: "x", shape: [1], datatype: "FP32", data: [1] }, spec, null)).toThrow(
      "sent as FP32; this model takes INT64",
    );
  });
});
