import { deflateSync } from "node:zlib";
import { isFlotillaError } from "@flotilla/contracts";
import { encode } from "fast-png";
import jpeg from "jpeg-js";
import { describe, expect, test } from "vitest";
import { decodeImage } from "./index.ts";

const codeOf = (bytes: Uint8Array): string => {
  try {
    decodeImage(bytes);
  } catch (error) {
    return isFlotillaError(error) ? error.code : String(error);
  }
  return "no error";
};
const png = (channels: 1 | 2 | 3 | 4, data: number[]): Uint8Array =>
  encode({ width: data.length / channels, height: 1, channels, depth: 8, data: Uint8Array.from(data) });

describe("PNG", () => {
  test.each<[string, 1 | 2 | 3 | 4, number[], 1 | 3, number[]]>([
    ["grey", 1, [0, 128, 255], 1, [0, 128, 255]],
    ["grey with alpha", 2, [7, 0, 9, 255], 1, [7, 9]],
    ["RGB", 3, [1, 2, 3, 4, 5, 6], 3, [1, 2, 3, 4, 5, 6]],
    ["RGB with alpha", 4, [1, 2, 3, 0, 4, 5, 6, 255], 3, [1, 2, 3, 4, 5, 6]],
  ])("%s", (_, from, pixels, channels, expected) => {
    const image = decodeImage(png(from, pixels));
    expect([image.channels, image.width, [...image.data]]).toEqual([channels, pixels.length / from, expected]);
  });

  test("16 bits become 8", () => {
    const image = decodeImage(encode({ width: 2, height: 1, channels: 1, depth: 16, data: Uint16Array.of(0x1234, 0xff00) }));
    expect([...image.data]).toEqual([0x12, 0xff]);
  });
});

test("JPEG becomes RGB", () => {
  const flat = Buffer.alloc(8 * 8 * 4, 200);
  const image = decodeImage(jpeg.encode({ width: 8, height: 8, data: flat }, 95).data);
  expect([image.width, image.height, image.channels, image.data.length]).toEqual([8, 8, 3, 192]);
  expect(Math.abs((image.data[0] ?? 0) - 200)).toBeLessThanOrEqual(2);
});

/** A PNG whose header claims width × height and whose IDAT is whatever. */
function craft(width: number, height: number, data: Uint8Array): Uint8Array {
  const file = Buffer.from(png(1, [0]));
  const idat = file.indexOf("IDAT");
  const head = Buffer.from(file.subarray(0, idat - 4));
  head.writeUInt32BE(width, 16);
  head.writeUInt32BE(height, 20);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([head, length, Buffer.from("IDAT"), data, Buffer.alloc(4), file.subarray(-12)]);
}

describe("refuses", () => {
  test.each<[string, string, Uint8Array]>([
    ["something else", "IMAGE_BROKEN", Buffer.from("GIF89a……………………………………")],
    ["a header alone", "IMAGE_BROKEN", png(1, [1]).subarray(0, 20)],
    ["a cut PNG", "IMAGE_BROKEN", png(3, [1, 2, 3]).subarray(0, 50)],
    ["a cut JPEG", "IMAGE_BROKEN", jpeg.encode({ width: 8, height: 8, data: Buffer.alloc(256, 9) }, 90).data.subarray(0, 150)],
    ["a size beyond the limit, undecoded", "TOO_LARGE", craft(60_000, 60_000, deflateSync(Buffer.alloc(10)))],
    ["more data than its size allows", "IMAGE_BROKEN", craft(4, 4, deflateSync(Buffer.alloc(50_000_000)))],
  ])("%s with %s", (_, code, bytes) => {
    expect(codeOf(bytes)).toBe(code);
  });
});
