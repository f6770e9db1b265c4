import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteWriter } from "./byte-writer.ts";
import { FlatbufferError } from "./errors.ts";
import { emitTypescript } from "./emit-typescript.ts";
import type { SchemaLayout } from "./layout.ts";
import { parseSchema } from "./parse-schema.ts";
import { readFlatbuffer } from "./read-flatbuffer.ts";
import { writeFlatbuffer } from "./write-flatbuffer.ts";

const SCHEMA = parseSchema(`
  // A shelf of things.
  enum Colour : byte { RED = 0, GREEN, BLUE = 7 }
  union Thing { Ball, Box, }
  table Ball { radius: float = 1.5; }
  table Box { sides: [int]; lid: bool = true; inner: Box; }
  table Shelf {
    name: string;
    old: int (deprecated);
    colour: Colour = BLUE;
    thing: Thing;
    weights: [ubyte] (force_align: 16);
    count: long;
    boxes: [Box];
    tags: [string];
    size: ushort;
    exact: double;
  }
  file_identifier "SHLF";
  root_type Shelf;
`);

const EMPTY = { name: null, colour: 7, thing: null, weights: new Uint8Array(), count: 0, boxes: [], tags: [], size: 0, exact: 0 };

interface Box {
  readonly sides: number[];
  readonly lid: boolean;
  readonly inner: Box | null;
}

const box = fc.letrec<{ box: Box }>((tie) => ({
  box: fc.record({
    sides: fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
    lid: fc.boolean(),
    inner: fc.option(tie("box"), { depthSize: "small" }),
  }),
})).box;

const shelf = fc.record({
  name: fc.option(fc.string({ unit: "grapheme" })),
  colour: fc.constantFrom(0, 1, 7),
  thing: fc.option(
    fc.oneof(
      fc.record({ type: fc.constant("Ball"), value: fc.record({ radius: fc.float({ noNaN: true }) }) }),
      fc.record({ type: fc.constant("Box"), value: box }),
    ),
  ),
  weights: fc.uint8Array(),
  count: fc.maxSafeInteger(),
  boxes: fc.array(box, { maxLength: 4 }),
  tags: fc.array(fc.string()),
  size: fc.nat(65_535),
  exact: fc.double({ noNaN: true }),
});

describe("a flatbuffer", () => {
  it("is read as it was written, whatever it holds", () => {
    fc.assert(
      fc.property(shelf, (value) => {
        expect(readFlatbuffer(SCHEMA, writeFlatbuffer(SCHEMA, value))).toEqual(value);
      }),
    );
  });

  it("leaves out what is its default, and reads it back", () => {
    expect(readFlatbuffer(SCHEMA, writeFlatbuffer(SCHEMA, {}))).toEqual(EMPTY);
  });

  it("aligns vectors in the file as the schema asks", () => {
    fc.assert(
      fc.property(fc.string(), fc.uint8Array({ minLength: 1 }), (name, weights) => {
        const bytes = writeFlatbuffer(SCHEMA, { name, weights, tags: [name] });
        const read = readFlatbuffer(SCHEMA, bytes) as { weights: Uint8Array };
        expect(read.weights.byteOffset % 16).toBe(0);
        expect(bytes.byteLength % 16).toBe(0);
      }),
    );
  });

  it("shares equal vtables", () => {
    const one = writeFlatbuffer(SCHEMA, { boxes: [{ lid: false }] }).byteLength;
    const hundred = writeFlatbuffer(SCHEMA, { boxes: Array.from({ length: 101 }, () => ({ lid: false })) }).byteLength;
    expect(hundred - one).toBeLessThanOrEqual(100 * 12 + 16);
  });

  it("with a member of a union that the schema does not know has null there", () => {
    const newer = { ...SCHEMA, unions: { Thing: [null, "Ball", "Box", "Ball"] } };
    const bytes = writeFlatbuffer(newer, { thing: { type: "Ball", value: { radius: 3 } } });
    const older: SchemaLayout = { ...SCHEMA, unions: { Thing: [null] } };
    expect(readFlatbuffer(older, bytes)).toEqual(EMPTY);
  });

  it("that is damaged anywhere gives its own error or some value, never another error", () => {
    const bytes = writeFlatbuffer(SCHEMA, {
      name: "top",
      tags: ["a", "b"],
      thing: { type: "Box", value: { sides: [1, 2], inner: { sides: [3] } } },
      boxes: [{ sides: [4] }, {}],
      weights: new Uint8Array(40),
    });
    const read = (damaged: Uint8Array): void => {
      try {
        readFlatbuffer(SCHEMA, damaged);
      } catch (error) {
        expect(error).toBeInstanceOf(FlatbufferError);
      }
    };
    for (let length = 0; length < bytes.byteLength; length += 1) read(bytes.slice(0, length));
    for (let bit = 0; bit < bytes.byteLength * 8; bit += 1) {
      const damaged = bytes.slice();
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      read(damaged);
    }
  });

  it("that refers to itself or shares one table hundreds of thousands of times is refused", () => {
    const cyclic = writeFlatbuffer(SCHEMA, { thing: { type: "Box", value: { inner: { inner: {} } } } });
    const view = new DataView(cyclic.buffer);
    // Backward offsets wrap around: each place is tried, and one of them closes the circle.
    for (let at = 8; at + 4 <= cyclic.byteLength; at += 4) {
      const before = view.getUint32(at, true);
      view.setUint32(at, 0xffff_fff0, true);
      expect(() => readFlatbuffer(SCHEMA, cyclic.slice())).not.toThrow(RangeError);
      view.setUint32(at, before, true);
    }
    const bomb = new ByteWriter();
    const inner = bomb.table([]);
    const list = bomb.offsets(Array.from({ length: 260_000 }, () => inner));
    const root = bomb.table([{ index: 7, bytes: 4, put: () => bomb.offset(list) }]);
    expect(() => readFlatbuffer(SCHEMA, bomb.finish(root, "SHLF"))).toThrow(FlatbufferError);
  });
});

describe("a schema", () => {
  it("becomes interfaces, enumerations and a layout", () => {
    const text = emitTypescript(SCHEMA, "SHELF");
    expect(text).toContain("export interface Ball {\n  readonly radius: number;\n}");
    expect(text).toContain('export type Thing =\n  | { readonly type: "Ball"; readonly value: Ball }');
    expect(text).not.toMatch(/\bold\b/);
  });

  it("that needs what is not supported says so", () => {
    expect(() => parseSchema("struct Point { x: int; }")).toThrow(/Structs/);
    expect(() => parseSchema("table A { b: [U]; } union U { A }")).toThrow(/Vectors of unions/);
  });
});
