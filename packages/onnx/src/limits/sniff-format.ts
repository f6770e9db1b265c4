/** A file format, recognised by its content. The first five are models that are read; the rest lets an error name what the file really is. */
export type FileFormat =
  | "onnx"
  | "keras-h5"
  | "keras-v3"
  | "tfjs-layers"
  | "tflite"
  | "pytorch-zip"
  | "pickle"
  | "safetensors"
  | "ort"
  | "zip"
  | "npy"
  | "png"
  | "jpeg"
  | "gif"
  | "pdf"
  | "gzip"
  | "bzip2"
  | "xz"
  | "zstd"
  | "seven-zip"
  | "elf"
  | "html"
  | "json"
  | "git-lfs-pointer"
  | "text";

const SIGNATURES: readonly { format: FileFormat; offset: number; magic: readonly number[] }[] = [
  // Behind a block of the user's own HDF5 may start at any power of two from 512 on; this is as far as anybody goes.
  ...[0, 512, 1024, 2048].map((offset) => ({
    format: "keras-h5" as const,
    offset,
    magic: [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a],
  })),
  { format: "tflite", offset: 4, magic: [0x54, 0x46, 0x4c, 0x33] },
  { format: "ort", offset: 4, magic: [0x4f, 0x52, 0x54, 0x4d] },
  { format: "png", offset: 0, magic: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { format: "npy", offset: 0, magic: [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] },
  { format: "jpeg", offset: 0, magic: [0xff, 0xd8, 0xff] },
  { format: "gif", offset: 0, magic: [0x47, 0x49, 0x46, 0x38] },
  { format: "pdf", offset: 0, magic: [0x25, 0x50, 0x44, 0x46, 0x2d] },
  { format: "gzip", offset: 0, magic: [0x1f, 0x8b, 0x08] },
  { format: "bzip2", offset: 0, magic: [0x42, 0x5a, 0x68] },
  { format: "xz", offset: 0, magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
  { format: "zstd", offset: 0, magic: [0x28, 0xb5, 0x2f, 0xfd] },
  { format: "seven-zip", offset: 0, magic: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c] },
  { format: "elf", offset: 0, magic: [0x7f, 0x45, 0x4c, 0x46] },
];

/**
 * Names the format of a file from its bytes; the name of the file only breaks ties (a bare zip called `.keras`).
 * `bytes` may be the beginning of the file only; a few kilobytes are enough for everything but zips, where the names
 * of the first entries decide. Returns null where nothing is recognised.
 */
export function sniffFormat(bytes: Uint8Array, fileName = ""): FileFormat | null {
  for (const { format, offset, magic } of SIGNATURES) {
    if (magic.every((value, index) => bytes[offset + index] === value)) return format;
  }
  if (startsWith(bytes, "PK\u0003\u0004") || startsWith(bytes, "PK\u0005\u0006")) return sniffZip(bytes, fileName);
  if (isSafetensors(bytes)) return "safetensors";
  if (bytes[0] === 0x80 && (bytes[1] ?? 0) >= 2 && (bytes[1] ?? 0) <= 5) return "pickle";
  return looksLikeOnnx(bytes) ? "onnx" : sniffText(bytes);
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return latin1(bytes, 0, text.length) === text;
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1", start, end);
}

function sniffZip(bytes: Uint8Array, fileName: string): FileFormat {
  // Entry names stand in clear in the local headers and, for whole files, in the directory at the end.
  const head = latin1(bytes, 0, 65_536);
  const tail = latin1(bytes, Math.max(0, bytes.length - 65_536), bytes.length);
  const names = head + tail;
  if (names.includes("model.weights.h5") || (names.includes("metadata.json") && names.includes("config.json"))) return "keras-v3";
  if (names.includes("/data.pkl") || names.includes("/constants.pkl")) return "pytorch-zip";
  if (/model\.json/.test(names)) return "tfjs-layers";
  // A file of Keras with its labels, as Teachable Machine exports it.
  if (/[\w-]\.(?:h5|hdf5)(?!\w)/i.test(names)) return "keras-h5";
  return fileName.toLowerCase().endsWith(".keras") ? "keras-v3" : "zip";
}

function isSafetensors(bytes: Uint8Array): boolean {
  if (bytes.length < 10) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getBigUint64(0, true);
  return headerLength > 1n && headerLength < 100_000_000n && bytes[8] === 0x7b && (bytes[9] === 0x22 || bytes[9] === 0x7d);
}

/** `ir_version` first, as every writer does, then another field of ModelProto; or a graph first, as hand-made files have it. */
function looksLikeOnnx(bytes: Uint8Array): boolean {
  const follows = new Set([0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42, 0x72]);
  if (bytes[0] === 0x08 && (bytes[1] ?? 0) >= 1 && (bytes[1] ?? 0) < 0x40) return bytes.length === 2 || follows.has(bytes[2] ?? 0);
  return bytes[0] === 0x3a && bytes.length > 4 && (bytes[1] ?? 0) !== 0x20;
}

function sniffText(bytes: Uint8Array): FileFormat | null {
  const head = bytes.subarray(0, 512);
  if (head.length === 0 || head.some((byte) => byte < 9 || (byte > 13 && byte < 32))) return null;
  const text = latin1(bytes, 0, 512).trimStart().toLowerCase();
  if (text.startsWith("version https://git-lfs")) return "git-lfs-pointer";
  if (text.startsWith("<!doctype html") || text.startsWith("<html")) return "html";
  if (text.startsWith("{") || text.startsWith("[")) return "json";
  return head.some((byte) => byte >= 128) ? null : "text";
}
