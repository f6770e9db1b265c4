import { readFileSync } from "node:fs";
import { isFlotillaError } from "@flotilla/contracts";
import { expect, it } from "vitest";
import { randomBelow } from "../test-support/random.ts";
import { type Hdf5Object, openHdf5 } from "./open-hdf5.ts";

/** Written by h5py: test-data/make-hdf5.py. */
function open(name: string): Hdf5Object {
  return openHdf5(readFileSync(new URL(`../../test-data/hdf5/${name}.h5`, import.meta.url)));
}

function values(root: Hdf5Object, path: string): number[] {
  const { bytes, type } = root.find(path)?.read() ?? { bytes: new Uint8Array(), type: { size: 4 } };
  const copy = new Uint8Array(bytes).buffer;
  return Array.from(type.size === 8 ? new Float64Array(copy) : new Float32Array(copy));
}

const counted = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

it("datasets come as little-endian elements, whatever their order and layout in the file", () => {
  const root = open("plain");
  expect(root.find("group")?.members).toEqual(["big", "half", "little", "packed", "scalar", "unwritten", "whole"]);
  expect(values(root, "group/little")).toEqual(counted(12));
  expect(values(root, "group/big")).toEqual(counted(12));
  expect(values(root, "group/scalar")).toEqual([7]);
  expect(values(root, "group/unwritten")).toEqual([0, 0, 0, 0, 0, 0]);
  expect(root.find("group/half")?.read()).toMatchObject({ dims: [3, 4], type: { kind: "float", size: 2 } });
});

it("chunks are put together: compressed, shuffled, with checksums, reaching over the border", () => {
  expect(values(open("plain"), "group/packed")).toEqual(counted(600));
});

it("texts are read: of fixed and of variable length, one and many", () => {
  const { attributes } = open("plain");
  expect(attributes.get("text")).toEqual(["Grüße"]);
  expect(attributes.get("fixed")).toEqual(["a", "bcd"]);
  expect(attributes.get("list")).toEqual(["one", "two"]);
});

it("the newer layout is read where groups are small", () => {
  const root = open("latest");
  expect(values(root, "group/little")).toEqual(counted(12));
  expect(values(root, "group/packed")).toEqual(counted(12));
  expect(root.attributes.get("text")).toEqual(["x"]);
});

it.each(open("indexes").members.filter((name) => name !== "fixed_sparse"))("chunks are found by the index of the dataset %s", (name) => {
  const found = values(open("indexes"), name);
  expect(found).toEqual(counted(found.length));
});

it("chunks that were never written are zero", () => {
  const found = values(open("indexes"), "fixed_sparse");
  expect([found.length, found[3500], found.filter((value) => value !== 0).length]).toEqual([4000, 7, 1]);
});

it("many members and attributes stand in heaps, large ones alone", () => {
  const root = open("heaps");
  const name = (index: number): string => `a member with a rather long name ${String(index).padStart(4, "0")}`;
  expect(root.members.toSorted()).toEqual(counted(150).map(name));
  expect(counted(150).flatMap((index) => values(root, name(index)))).toEqual(counted(150));
  expect(root.attributes.size).toBe(41);
  expect(root.attributes.get("attribute39")).toEqual(["text 39"]);
  expect(root.attributes.get("large")).toEqual(["0123456789".repeat(8000)]);
  expect(open("dense").members.length).toBe(20);
});

it.each(["indexes", "heaps", "latest"])("%s with bits flipped at 200 seeded places is read or refused with a code", (name) => {
  const original = readFileSync(new URL(`../../test-data/hdf5/${name}.h5`, import.meta.url));
  // Structures are at the front and between the data; flips there are the ones that matter.
  const below = randomBelow(original.length);
  for (let trial = 0; trial < 200; trial += 1) {
    const bytes = Uint8Array.from(original);
    for (let flip = 0; flip < 40; flip += 1) {
      const place = below(bytes.length);
      bytes[place] = (bytes[place] ?? 0) ^ (1 << below(8));
    }
    expect(outcome(bytes)).not.toBe("INTERNAL");
  }
});

function outcome(bytes: Uint8Array): string {
  try {
    const root = openHdf5(bytes);
    for (const member of root.members) root.find(member)?.read();
    return `${root.attributes.size} attributes`;
  } catch (error) {
    if (isFlotillaError(error)) return error.code;
    throw error;
  }
}

it("a group that contains itself can be walked as far as one likes", () => {
  expect(open("cycle").find("model_weights/loop/again/loop/again/loop")?.members).toEqual(["again"]);
});

it.each([
  ["external-link", "EXTERNAL_DATA_OUTSIDE"],
  ["soft-link", "EXTERNAL_DATA_OUTSIDE"],
])("%s is refused with a code", (name, code) => {
  expect(() => open(name).members).toThrow(expect.objectContaining({ code }));
});

it.each(["external-data", "virtual"])("data in other files (%s) are never opened", (name) => {
  expect(() => open(name).find("values")?.read()).toThrow(expect.objectContaining({ code: "EXTERNAL_DATA_OUTSIDE" }));
});

it("a file behind a block of the user's own is read: its addresses count from there, its end from the start of all", () => {
  const plain = readFileSync(new URL("../../test-data/hdf5/plain.h5", import.meta.url));
  const bytes = Buffer.concat([Buffer.alloc(512), plain]);
  bytes.writeBigUInt64LE(512n, 512 + 24);
  bytes.writeBigUInt64LE(BigInt(bytes.length), 512 + 40);
  expect(values(openHdf5(bytes), "group/little")).toEqual(counted(12));
  expect(() => openHdf5(bytes.subarray(0, -8))).toThrow(expect.objectContaining({ code: "TRUNCATED_FILE" }));
});

it("a chunk that is too short is an error, never zeros", () => {
  const bytes = readFileSync(new URL("../../test-data/hdf5/plain.h5", import.meta.url));
  const firstKey = bytes.indexOf("TREE\u0001", 0, "latin1") + 24;
  // No filter is to be undone: the packed bytes are then fewer than the chunk has.
  bytes.writeUInt32LE(7, firstKey + 4);
  const packed = openHdf5(bytes).find("group/packed");
  expect(() => packed?.read()).toThrow(expect.objectContaining({ code: "TRUNCATED_FILE" }));
});

it("anything else is no HDF5 file", () => {
  expect(() => openHdf5(Buffer.from("hello"))).toThrow(expect.objectContaining({ code: "NOT_A_MODEL" }));
});
