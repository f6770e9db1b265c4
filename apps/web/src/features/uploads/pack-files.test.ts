import { crc32 } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packFiles } from "./pack-files.ts";

const file = (name: string, content: BlobPart = name) => new File([content], name);
const names = (files: readonly File[]) => files.map(({ name }) => name);

describe("files that mean something together", () => {
  it("a model.json takes the weight files that it names with it, and leaves others alone", async () => {
    const topology = JSON.stringify({ weightsManifest: [{ paths: ["a.bin"] }, { paths: ["b.bin", "missing.bin"] }] });
    const packed = await packFiles("model", [
      file("other.onnx"),
      file("b.bin"),
      file("model.json", topology),
      file("a.bin"),
      file("c.bin"),
    ]);
    expect(names(packed)).toEqual(["model.zip", "other.onnx", "c.bin"]);
    const text = await packed[0]?.text();
    expect(["model.json", "a.bin", "b.bin"].every((name) => text?.includes(name))).toBe(true);
    expect(text).not.toContain("c.bin");
  });

  it("a model.json that cannot be read goes alone: the server says what is wrong with it", async () => {
    expect(names(await packFiles("model", [file("model.json", "{"), file("a.bin")]))).toEqual(["model.zip", "a.bin"]);
  });

  it("arrays become one archive, a single one as well; an archive stays what it is", async () => {
    expect(names(await packFiles("reference", [file("x.npy"), file("y.npy")]))).toEqual(["reference.npz"]);
    expect(names(await packFiles("reference", [file("x.npy")]))).toEqual(["x.npz"]);
    expect(names(await packFiles("reference", [file("mine.npz")]))).toEqual(["mine.npz"]);
  });

  it("the rest is left alone", async () => {
    expect(names(await packFiles("model", [file("a.h5"), file("b.npy")]))).toEqual(["a.h5", "b.npy"]);
    expect(names(await packFiles("data-set", [file("a.npy"), file("model.json")]))).toEqual(["a.npy", "model.json"]);
  });

  it("what is packed is a stored entry with its size and checksum, listed where it begins", async () => {
    const contents = fc.uniqueArray(
      fc.record({ name: fc.string({ minLength: 1, maxLength: 9 }), data: fc.uint8Array({ maxLength: 99 }) }),
      {
        minLength: 1,
        maxLength: 4,
        selector: ({ name }) => name,
      },
    );
    await fc.assert(
      fc.asyncProperty(contents, async (entries) => {
        const [packed] = await packFiles(
          "reference",
          entries.map(({ name, data }) => file(`${name}.npy`, data)),
        );
        const bytes = Buffer.from((await packed?.arrayBuffer()) ?? new ArrayBuffer(0));
        let at = bytes.readUInt32LE(bytes.length - 6);
        expect(bytes.readUInt16LE(bytes.length - 12)).toBe(entries.length);
        for (const { name, data } of entries) {
          const label = Buffer.from(`${name}.npy`);
          expect([at, 16, 20, 24].map((from, index) => bytes.readUInt32LE(index === 0 ? at : at + from))).toEqual([
            0x02014b50,
            crc32(data),
            data.length,
            data.length,
          ]);
          const start = bytes.readUInt32LE(at + 42) + 30 + label.length;
          expect(bytes.subarray(at + 46, at + 46 + label.length).equals(label)).toBe(true);
          expect(bytes.subarray(start, start + data.length).equals(Buffer.from(data))).toBe(true);
          at += 46 + label.length;
        }
      }),
      { numRuns: 60 },
    );
  });
});
