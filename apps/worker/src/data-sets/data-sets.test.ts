import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Preprocessing } from "@flotilla/contracts";
import { writeNpy } from "@flotilla/validate/npy";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pixel, zipOf } from "../testing/hostile-archives.ts";
import { archiveLimits, checkArchiveEntry, checkArchiveTotals } from "./check-archive-entry.ts";
import { openImagePack, writeImagePack } from "./image-pack.ts";
import { labelsFromNpy } from "./npy-labels.ts";
import { openSamples } from "./open-samples.ts";
import { indexLabels, labelsFromCsv, labelsFromFolders } from "./parse-labels.ts";
import { spread, spreadOverClasses } from "./spread.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "flotilla-data-sets-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe("labels", () => {
  test.each<[string, string[], string[], number[]]>([
    ["numbers are the classes themselves", ["2/a.png", "0/b.png"], ["0", "1", "2"], [2, 0]],
    ["words are numbered in alphabetical order", ["dog/a.png", "cat/b.png"], ["cat", "dog"], [1, 0]],
    ["folders that all share are left out", ["set/train/dog/a.png", "set/train/cat/b.png"], ["cat", "dog"], [1, 0]],
    ["folders inside a class do not count", ["cat/indoor/a.png", "dog/b.png"], ["cat", "dog"], [0, 1]],
  ])("by folder: %s", (_, paths, classNames, labels) => {
    expect(labelsFromFolders(paths)).toEqual({ classNames, labels: Int32Array.from(labels) });
  });

  test("by folder: images in no folder have none", () => {
    expect(labelsFromFolders(["a.png", "b.png"])).toEqual({ classNames: [], labels: null });
  });

  test.each([
    ["with a heading", "file,label\na.png,cat\nsub/b.png,dog\n"],
    ["without one, Windows lines, quotes, semicolons", '"a.png";"cat"\r\nb.png;dog\r\n'],
    ["with a byte-order mark and ./", "\uFEFFfilename,label\n./a.png,cat\nb.png,dog"],
  ])("by table %s", (_, csv) => {
    expect(labelsFromCsv(csv, ["a.png", "sub/b.png"])).toEqual({ classNames: ["cat", "dog"], labels: Int32Array.of(0, 1) });
  });

  test("by table: names the first image without a row", () => {
    expect(() => labelsFromCsv("a.png,cat", ["a.png", "b.png"])).toThrow('no row for 1 of 2 images, the first is "b.png"');
  });

  test("by array: one whole number a sample", () => {
    const file = (values: number[]) => writeNpy({ type: "int64", shape: [values.length], data: BigInt64Array.from(values, BigInt) });
    expect(labelsFromNpy(file([1, 0, 2]), 3)).toEqual({ classNames: ["0", "1", "2"], labels: Int32Array.of(1, 0, 2) });
    expect(() => labelsFromNpy(file([1, 0]), 3)).toThrow("has 2 values for 3 samples");
    expect(() => labelsFromNpy(file([1, -7, 0]), 3)).toThrow("-7");
  });

  test("every label points at its own name", () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.string({ minLength: 1 }), { freq: 5 })), (names) => {
        const { labels, classNames } = indexLabels(names);
        for (const [at, name] of names.entries()) {
          if (name === null) expect(labels?.[at] ?? -1).toBe(-1);
          else expect(Number(classNames[labels?.[at] ?? -1]) || classNames[labels?.[at] ?? -1]).toBe(Number(name) || name);
        }
      }),
    );
  });
});

describe("an archive's entry", () => {
  const good = { name: "0/a.png", compressedBytes: 100, uncompressedBytes: 200, encrypted: false, mode: 0o100644 };

  test("passes when it is a plain file", () => {
    expect(() => checkArchiveEntry(good)).not.toThrow();
  });

  test.each<[string, Partial<typeof good>, string]>([
    ["climbs out", { name: "a/../../b" }, "ARCHIVE_UNSAFE_PATH"],
    ["is absolute", { name: "/etc/passwd" }, "ARCHIVE_UNSAFE_PATH"],
    ["names a drive", { name: "C:evil" }, "ARCHIVE_UNSAFE_PATH"],
    ["has a backslash", { name: "a\\..\\b" }, "ARCHIVE_UNSAFE_PATH"],
    ["has a NUL", { name: "a.png\0.sh" }, "ARCHIVE_UNSAFE_PATH"],
    ["has no name", { name: "" }, "ARCHIVE_UNSAFE_PATH"],
    ["is a symbolic link", { mode: 0o120777 }, "ARCHIVE_LINK"],
    ["is a FIFO", { mode: 0o010644 }, "ARCHIVE_LINK"],
    ["is a device", { mode: 0o020644 }, "ARCHIVE_LINK"],
    ["is encrypted", { encrypted: true }, "ARCHIVE_BROKEN"],
    ["unpacks to far more", { compressedBytes: 20_000, uncompressedBytes: 20_000_000 }, "ARCHIVE_BOMB"],
    ["unpacks to too much", { compressedBytes: 6e8, uncompressedBytes: 6e8 }, "ARCHIVE_BOMB"],
  ])("is refused when it %s", (_, change, code) => {
    expect(() => checkArchiveEntry({ ...good, ...change })).toThrow(expect.objectContaining({ code }));
  });

  test.each<[string, [number, number, number]]>([
    ["too many", [archiveLimits.entries + 1, 1, 1]],
    ["too much together", [2, archiveLimits.totalBytes + 1, archiveLimits.totalBytes]],
    ["overlapping, each with a fair ratio", [1000, 50_000_000, 50_000]],
  ])("is refused when there are %s", (_, [entries, total, archive]) => {
    expect(() => checkArchiveTotals(entries, total, archive)).toThrow(expect.objectContaining({ code: "ARCHIVE_BOMB" }));
  });
});

test("a pack gives back every image by its index", async () => {
  const path = join(directory, "pack");
  const images = [pixel(), Buffer.from("second"), Buffer.alloc(0)];
  const writer = await writeImagePack(path);
  for (const [index, bytes] of images.entries()) await writer.add(`${index}.png`, bytes);
  await writer.finish();
  const pack = await openImagePack(path);
  expect([pack.count, pack.nameOf(1)]).toEqual([3, "1.png"]);
  for (const [index, bytes] of images.entries()) expect(await pack.read(index)).toEqual(bytes);
  await pack.close();
});

test("what is no pack is refused", async () => {
  const path = join(directory, "none");
  await writeFile(path, "hello, I am not a pack");
  await expect(openImagePack(path)).rejects.toMatchObject({ code: "NOT_A_DATA_SET" });
});

describe("samples of an array", () => {
  const preprocessing: Preprocessing = {
    kind: "image",
    width: 2,
    height: 2,
    channels: 1,
    channelOrder: "rgb",
    layout: "nhwc",
    scale: 0.5,
    mean: [0],
    std: [1],
  };
  const open = async (array: Parameters<typeof writeNpy>[0], options: Preprocessing | null) => {
    const path = join(directory, `${array.type}.npy`);
    await writeFile(path, writeNpy(array));
    return openSamples({ kind: "npy", path, labelsPath: null, preprocessing: options });
  };

  test("uint8 ones are images and are preprocessed", async () => {
    const samples = await open({ type: "uint8", shape: [2, 2, 2], data: Uint8Array.from([0, 2, 4, 6, 8, 10, 12, 14]) }, preprocessing);
    expect([samples.count, samples.arrays, [...((await samples.read(1))[0] ?? [])]]).toEqual([
      2,
      [{ name: null, shape: [2, 2, 1] }],
      [4, 5, 6, 7],
    ]);
  });

  test("float ones are the input as they are", async () => {
    const samples = await open({ type: "float32", shape: [2, 3], data: Float32Array.from([1, 2, 3, 4, 5, 6]) }, preprocessing);
    expect([samples.count, samples.arrays, [...((await samples.read(1))[0] ?? [])]]).toEqual([2, [{ name: null, shape: [3] }], [4, 5, 6]]);
  });

  test("images without preprocessing are refused with what to do", async () => {
    await expect(openSamples({ kind: "images", path: "x", labelsPath: null, preprocessing: null })).rejects.toMatchObject({
      code: "PREPROCESSING_MISMATCH",
    });
  });
});

describe("samples with an array an input", () => {
  const file = (type: "float32" | "int64", shape: number[], values: number[]) =>
    Buffer.from(writeNpy({ type, shape, data: type === "float32" ? Float32Array.from(values) : BigInt64Array.from(values, BigInt) }));
  const open = async (entries: Parameters<typeof zipOf>[0]) => {
    const path = join(directory, "arrays.npz");
    await writeFile(path, await zipOf(entries));
    return openSamples({ kind: "npz", path, labelsPath: null, preprocessing: null });
  };

  test("are read by name, as they are, without the labels", async () => {
    const samples = await open([
      { name: "x.npy", content: file("float32", [2, 2], [1, 2, 3, 4]) },
      { name: "rate.npy", content: file("int64", [2], [8000, 16000]) },
      { name: "labels.npy", content: file("int64", [2], [0, 1]) },
    ]);
    expect([samples.count, samples.arrays]).toEqual([
      2,
      [
        { name: "rate", shape: [] },
        { name: "x", shape: [2] },
      ],
    ]);
    expect((await samples.read(1)).map((values) => [...values])).toEqual([[16000], [3, 4]]);
  });

  test("are refused where they count different samples", async () => {
    const entries = [
      { name: "a.npy", content: file("float32", [2, 2], [1, 2, 3, 4]) },
      { name: "b.npy", content: file("float32", [3], [1, 2, 3]) },
    ];
    await expect(open(entries)).rejects.toMatchObject({ code: "NOT_A_DATA_SET", message: expect.stringContaining('"a" (2, 2), "b" (3)') });
  });
});

describe("spread", () => {
  test("is evenly spaced, in order, without repeats", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 500 }), (count, wanted) => {
        const indices = spread(count, wanted);
        expect(indices).toHaveLength(Math.min(count, wanted));
        expect(new Set(indices).size).toBe(indices.length);
        expect(indices).toEqual(indices.toSorted((a, b) => a - b));
        expect(indices.at(-1) ?? 0).toBeLessThan(count);
      }),
    );
  });

  test("over classes gives every class its share, whatever the order", () => {
    const labels = Int32Array.from({ length: 100 }, (_, index) => Math.floor(index / 25));
    const counts = [0, 0, 0, 0];
    for (const index of spreadOverClasses(100, labels, 10)) counts[labels[index] ?? 0] = (counts[labels[index] ?? 0] ?? 0) + 1;
    expect(counts.toSorted((a, b) => a - b)).toEqual([2, 2, 3, 3]);
  });
});
