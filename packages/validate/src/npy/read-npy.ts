import { FlotillaError } from "@flotilla/contracts/errors";
import { type NpyArray, npyTypes } from "./npy-array.ts";
import { parseNpyHeader } from "./parse-npy-header.ts";

/**
 * Reads a whole `.npy` file. The data is copied once, so that it is aligned and outlives `bytes`.
 * Throws what `parseNpyHeader` throws, and TRUNCATED_FILE when data is missing or NOT_A_DATA_SET when bytes are left over.
 */
export function readNpy(bytes: Uint8Array): NpyArray {
  const header = parseNpyHeader(bytes);
  const present = bytes.byteLength - header.dataOffset;
  if (present < header.dataBytes) {
    throw new FlotillaError(
      "TRUNCATED_FILE",
      `The .npy file holds ${present} bytes of data; its shape asks for ${header.dataBytes}. Send the whole file.`,
    );
  }
  if (present > header.dataBytes) {
    throw new FlotillaError(
      "NOT_A_DATA_SET",
      `The .npy file goes on for ${present - header.dataBytes} bytes after its data. Save it again with numpy.save.`,
    );
  }
  const buffer = new ArrayBuffer(header.dataBytes);
  new Uint8Array(buffer).set(bytes.subarray(header.dataOffset));
  const element = Object.values(npyTypes).find((candidate) => candidate.type === header.type);
  if (element === undefined) throw new FlotillaError("INTERNAL", `No reader for ${header.type}.`);
  return { type: header.type, shape: header.shape, data: element.create(buffer) };
}
