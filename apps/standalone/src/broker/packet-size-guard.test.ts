import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PacketScanner } from "./packet-size-guard.ts";

/** A packet of any type with so many bytes of body. */
function packet(bodyBytes: number): Buffer {
  const length: number[] = [];
  let left = bodyBytes;
  do {
    length.push((left % 128) + (left >= 128 ? 128 : 0));
    left = Math.floor(left / 128);
  } while (left > 0);
  return Buffer.concat([Buffer.from([0x30, ...length]), Buffer.alloc(bodyBytes, 0xff)]);
}

function chunks(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_unused, index) => bytes.subarray(index * size, (index + 1) * size));
}

describe("PacketScanner", () => {
  it("accepts any packets up to the limit, however the bytes are cut", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(300), { maxLength: 20 }), fc.integer({ min: 1, max: 64 }), (bodies, size) => {
        const scanner = new PacketScanner(300);
        expect(chunks(Buffer.concat(bodies.map(packet)), size).every((chunk) => scanner.accepts(chunk))).toBe(true);
      }),
    );
  });

  it("refuses the first packet over the limit by its announcement alone", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(300), { maxLength: 5 }), fc.integer({ min: 301, max: 100_000 }), (bodies, large) => {
        const scanner = new PacketScanner(300);
        expect(scanner.accepts(Buffer.concat(bodies.map(packet)))).toBe(true);
        expect(scanner.accepts(packet(large).subarray(0, 4))).toBe(false);
      }),
    );
  });

  it("refuses a length of more than four bytes", () => {
    expect(new PacketScanner(2 ** 40).accepts(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 0x01]))).toBe(false);
  });
});
