import { FlotillaError } from "@flotilla/contracts";
import { formatBytes } from "../text/format.ts";

const GIB = 1024 ** 3;

/** Protobuf, and so ONNX without external data, ends at 2 GiB. A reference is read into memory as a whole. */
export const MAX_UPLOAD_BYTES = { model: 2 * GIB, "data-set": 4 * GIB, reference: GIB / 2 } as const;

const WAY_OUT = {
  model: "Make it smaller before you upload it: half-precision weights take half the bytes.",
  "data-set": "Split it into several data sets, or leave samples out.",
  reference: "A few dozen samples are enough: leave the others out.",
} as const;

/**
 * What is refused by its size alone: asked in the browser before the file is hashed, and on the server before a
 * byte is taken. Throws EMPTY_FILE, TOO_LARGE.
 */
export function checkUploadSize(file: { kind: keyof typeof MAX_UPLOAD_BYTES; fileName: string; sizeBytes: number }): void {
  const { kind, fileName, sizeBytes } = file;
  if (sizeBytes === 0) throw new FlotillaError("EMPTY_FILE", `"${fileName}" is empty: 0 bytes. Export it again and upload that file.`);
  const limitBytes = MAX_UPLOAD_BYTES[kind];
  if (sizeBytes <= limitBytes) return;
  throw new FlotillaError(
    "TOO_LARGE",
    `"${fileName}" has ${formatBytes(sizeBytes)}; at most ${formatBytes(limitBytes)} are taken. ${WAY_OUT[kind]}`,
    { details: { sizeBytes, limitBytes } },
  );
}
