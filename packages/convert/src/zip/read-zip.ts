import { crc32, inflateRawSync } from "node:zlib";
import { convertError } from "../errors.ts";

export interface ZipLimits {
  readonly maxEntries: number;
  /** Of all entries together, unpacked. */
  readonly maxTotalBytes: number;
}

const DEFAULTS: ZipLimits = { maxEntries: 10_000, maxTotalBytes: 2 ** 31 };

/** An unpacked file may be this many times as large as its packed form; deflate reaches 1032, weights and JSON stay below 100. */
const MAX_RATIO = 200;

/** The files of an archive by name, unpacked when they are asked for. */
export interface ZipArchive {
  readonly names: readonly string[];
  /** @throws FlotillaError EXTERNAL_DATA_MISSING, ARCHIVE_BROKEN */
  read(name: string): Uint8Array;
}

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  readonly header: number;
}

/**
 * Reads a zip archive by its central directory. Stored and deflated entries; every name, size and place is checked before anything is unpacked.
 * Source: PKWARE APPNOTE 6.3.10, 4.3.7, 4.3.12 and 4.3.16
 * @throws FlotillaError ARCHIVE_BROKEN, ARCHIVE_BOMB, ARCHIVE_UNSAFE_PATH, ARCHIVE_LINK
 */
export function readZip(bytes: Uint8Array, limits: Partial<ZipLimits> = {}): ZipArchive {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = new Map<string, Entry>();
  const { maxEntries, maxTotalBytes } = { ...DEFAULTS, ...limits };
  let total = 0;
  for (const entry of readDirectory(view, maxEntries)) {
    if (entries.has(entry.name))
      throw convertError("ARCHIVE_BROKEN", `The archive has two files called ${JSON.stringify(entry.name)}. Save the model again.`);
    total += entry.unpackedBytes;
    if (total > maxTotalBytes || entry.unpackedBytes > MAX_RATIO * Math.max(entry.packedBytes, 1024))
      throw convertError(
        "ARCHIVE_BOMB",
        `${JSON.stringify(entry.name)} would unpack from ${entry.packedBytes} to ${entry.unpackedBytes} bytes. No saved model is like that.`,
      );
    entries.set(entry.name, entry);
  }
  const files = [...entries.values()].filter(({ name }) => !name.endsWith("/"));
  return { names: files.map(({ name }) => name), read: (name) => unpack(view, find(entries, name)) };
}

function find(entries: ReadonlyMap<string, Entry>, name: string): Entry {
  const entry = entries.get(name);
  if (entry !== undefined) return entry;
  throw convertError(
    "EXTERNAL_DATA_MISSING",
    `The archive has no ${JSON.stringify(name)}. Save the model again and upload the whole file.`,
  );
}

function broken(detail: string): Error {
  return convertError("ARCHIVE_BROKEN", `The archive is damaged: ${detail}. Save the model again and upload the whole file.`);
}

function* readDirectory(view: DataView, maxEntries: number): Generator<Entry> {
  const end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  let position = view.getUint32(end + 16, true);
  if (count > maxEntries) throw convertError("ARCHIVE_BOMB", `The archive has ${count} files; a saved model has at most ${maxEntries}.`);
  for (let index = 0; index < count; index += 1) {
    if (position + 46 > end || view.getUint32(position, true) !== 0x02014b50)
      throw broken(`its table of contents ends after ${index} of ${count} files`);
    const nameLength = view.getUint16(position + 28, true);
    const next = position + 46 + nameLength + view.getUint16(position + 30, true) + view.getUint16(position + 32, true);
    if (next > end) throw broken("its table of contents is cut off");
    yield readEntry(view, position, nameLength);
    position = next;
  }
}

/** The end record stands in the last 64 KiB, before a comment. */
function findEnd(view: DataView): number {
  for (let position = view.byteLength - 22; position >= 0 && position >= view.byteLength - 22 - 0xffff; position -= 1)
    if (view.getUint32(position, true) === 0x06054b50) return position;
  throw broken("it has no table of contents");
}

function readEntry(view: DataView, position: number, nameLength: number): Entry {
  const name = Buffer.from(view.buffer, view.byteOffset + position + 46, nameLength).toString("utf8");
  const flags = view.getUint16(position + 8, true);
  const method = view.getUint16(position + 10, true);
  const mode = view.getUint32(position + 38, true) >>> 16;
  const entry = {
    name,
    method,
    crc: view.getUint32(position + 16, true),
    packedBytes: view.getUint32(position + 20, true),
    unpackedBytes: view.getUint32(position + 24, true),
    header: view.getUint32(position + 42, true),
  };
  if (isUnsafe(name))
    throw convertError(
      "ARCHIVE_UNSAFE_PATH",
      `The archive has a file called ${JSON.stringify(name)}, which would lead out of it. Save the model again.`,
    );
  if ((mode & 0xf000) === 0xa000)
    throw convertError("ARCHIVE_LINK", `The archive has a link called ${JSON.stringify(name)}. Save the model again.`);
  if ((flags & 0x01) !== 0) throw broken(`${JSON.stringify(name)} is encrypted`);
  if (method !== 0 && method !== 8) throw broken(`${JSON.stringify(name)} is packed by the unknown method ${method}`);
  if (entry.unpackedBytes === 0xffffffff || entry.packedBytes === 0xffffffff)
    throw convertError("TOO_LARGE", `${JSON.stringify(name)} is larger than 4 GiB.`);
  return entry;
}

function isUnsafe(name: string): boolean {
  return name === "" || name.startsWith("/") || /[\0\\:]/.test(name) || name.split("/").includes("..");
}

function unpack(view: DataView, entry: Entry): Uint8Array {
  const { header, packedBytes, unpackedBytes } = entry;
  const quoted = JSON.stringify(entry.name);
  if (header + 30 > view.byteLength || view.getUint32(header, true) !== 0x04034b50)
    throw broken(`${quoted} is not where the table of contents says`);
  const start = header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
  if (start + packedBytes > view.byteLength) throw broken(`${quoted} is cut off`);
  const packed = new Uint8Array(view.buffer, view.byteOffset + start, packedBytes);
  const data = entry.method === 0 ? packed : inflate(packed, unpackedBytes, quoted);
  if (data.length !== unpackedBytes || crc32(data) !== entry.crc) throw broken(`the checksum of ${quoted} is wrong`);
  return data;
}

function inflate(packed: Uint8Array, unpackedBytes: number, quoted: string): Uint8Array {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, unpackedBytes) });
  } catch (cause) {
    throw convertError(
      "ARCHIVE_BROKEN",
      `The archive is damaged: ${quoted} cannot be unpacked. Save the model again and upload the whole file.`,
      cause,
    );
  }
}
