import { type FileHandle, open } from "node:fs/promises";
import { FlotillaError } from "@flotilla/contracts/errors";

/**
 * How a data set of images is stored: the PNG and JPEG files of the upload one after another, then an index, so that any of
 * them is one ranged read away and no archive is unpacked twice.
 *
 *   "FLIMGS1\n" · image bytes … · index (JSON: {names, offsets, lengths}) · index length (uint32 LE) · "FLIX"
 *
 * `packages/services` reads the same layout for sample pictures.
 */
const MAGIC = "FLIMGS1\n";
const TRAILER = "FLIX";
const TRAILER_BYTES = 8;

interface PackIndex {
  names: string[];
  offsets: number[];
  lengths: number[];
}

export interface ImagePackWriter {
  add(name: string, bytes: Uint8Array): Promise<void>;
  finish(): Promise<void>;
}

export async function writeImagePack(path: string): Promise<ImagePackWriter> {
  const file = await open(path, "wx");
  const index: PackIndex = { names: [], offsets: [], lengths: [] };
  let at = MAGIC.length;
  await file.writeFile(MAGIC);
  return {
    async add(name, bytes) {
      index.names.push(name);
      index.offsets.push(at);
      index.lengths.push(bytes.byteLength);
      at += bytes.byteLength;
      await file.writeFile(bytes);
    },
    async finish() {
      const json = Buffer.from(JSON.stringify(index));
      const trailer = Buffer.alloc(TRAILER_BYTES);
      trailer.writeUInt32LE(json.length);
      trailer.write(TRAILER, 4, "latin1");
      await file.writeFile(Buffer.concat([json, trailer]));
      await file.close();
    },
  };
}

export interface ImagePack {
  count: number;
  nameOf(index: number): string;
  /** The file's bytes, still encoded. */
  read(index: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Opens a pack; only the index is held in memory. Throws NOT_A_DATA_SET when it is none. */
export async function openImagePack(path: string): Promise<ImagePack> {
  const file = await open(path, "r");
  try {
    const index = await readIndex(file);
    return {
      count: index.offsets.length,
      nameOf: (at) => index.names[at] ?? String(at),
      read: (at) => readAt(file, index.offsets[at] ?? 0, index.lengths[at] ?? 0),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readIndex(file: FileHandle): Promise<PackIndex> {
  const { size } = await file.stat();
  const trailer = await readAt(file, Math.max(size - TRAILER_BYTES, 0), TRAILER_BYTES);
  if (trailer.toString("latin1", 4) !== TRAILER)
    throw new FlotillaError("NOT_A_DATA_SET", "The stored data set has no index. Upload it again.");
  const length = trailer.readUInt32LE(0);
  const json = await readAt(file, size - TRAILER_BYTES - length, length);
  return JSON.parse(json.toString()) as PackIndex;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const target = Buffer.alloc(length);
  const { bytesRead } = await file.read(target, 0, length, position);
  if (bytesRead !== length) throw new FlotillaError("TRUNCATED_FILE", "The stored data set ends early. Upload it again.");
  return target;
}
