import { FlotillaError } from "@flotilla/contracts/errors";

export type ImageFormat = "png" | "jpeg";

/** Recognises an image by its first bytes, never by its name; null when it is neither PNG nor JPEG. */
export function sniffImage(bytes: Uint8Array): ImageFormat | null {
  const starts = (...magic: number[]): boolean => magic.every((byte, index) => bytes[index] === byte);
  if (starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return "png";
  return starts(0xff, 0xd8, 0xff) ? "jpeg" : null;
}

export function brokenImage(why: string, cause?: unknown): FlotillaError {
  return new FlotillaError("IMAGE_BROKEN", `The image cannot be decoded: ${why}. Save it again as PNG or JPEG.`, { cause });
}
