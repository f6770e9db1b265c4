import { brokenImage, type ImageFormat } from "./image-format.ts";

/** Width and height that an image claims, read from its header alone: known before anything is decoded. */
export function measureImage(bytes: Uint8Array, format: ImageFormat): { width: number; height: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = format === "png" ? measurePng(view) : measureJpeg(view);
  if (size === null || size.width === 0 || size.height === 0) throw brokenImage("its header is cut short or has no size");
  return size;
}

function measurePng(view: DataView): { width: number; height: number } | null {
  // PNG 11.2.2: IHDR is the first chunk, so width and height lie at 16 and 20.
  const isHeader = view.byteLength >= 33 && view.getUint32(12) === 0x49484452;
  return isHeader ? { width: view.getUint32(16), height: view.getUint32(20) } : null;
}

/** ITU-T T.81 B.2.2: the frame header SOF0…SOF15 (without DHT, JPG, DAC) carries the size. */
function measureJpeg(view: DataView): { width: number; height: number } | null {
  let at = 2;
  while (at + 9 <= view.byteLength) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    at += 2 + view.getUint16(at + 2);
  }
  return null;
}

/**
 * Bytes of compressed pixel data in a PNG (the sum of its IDAT chunks). Deflate never needs more than the pixels themselves
 * plus a little, so a PNG with more is a bomb or broken: its data would unfold to far more than its header says.
 */
export function pngDataBytes(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 8;
  let total = 0;
  while (at + 8 <= view.byteLength) {
    const length = view.getUint32(at);
    if (view.getUint32(at + 4) === 0x49444154) total += length;
    at += 12 + length;
  }
  return total;
}
