import { crc32 } from "node:zlib";

/**
 * A zip archive of uncompressed files to be put behind `offset` other bytes: TFLite's metadata readers open the model file itself as a zip. The same files give the
 * same bytes. Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16
 */
export function storeZip(files: Readonly<Record<string, Uint8Array>>, offset: number): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let position = offset;
  for (const [name, content] of Object.entries(files)) {
    const encoded = Buffer.from(name, "utf8");
    const local = Buffer.concat([header(0x04034b50, 30), encoded]);
    describe(local, 4, content, encoded.length);
    const entry = Buffer.concat([header(0x02014b50, 46), encoded]);
    entry.writeUInt16LE(VERSION, 4);
    describe(entry, 6, content, encoded.length);
    entry.writeUInt32LE(position, 42);
    directory.push(entry);
    parts.push(local, Buffer.from(content));
    position += local.length + content.length;
  }
  const listed = Buffer.concat(directory);
  const end = header(0x06054b50, 22);
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(position, 16);
  return Buffer.concat([...parts, listed, end]);
}

/** Reads with version 2.0, which every reader is. */
const VERSION = 20;
/** Names are UTF-8. */
const UTF8 = 0x0800;
/** 1 January 1980, the earliest date there is: a time would make other bytes in every run. */
const DATE = 0x0021;

function header(signature: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.writeUInt32LE(signature, 0);
  return bytes;
}

/** The fields that local header and directory share, from the needed version on. */
function describe(target: Buffer, at: number, content: Uint8Array, nameLength: number): void {
  target.writeUInt16LE(VERSION, at);
  target.writeUInt16LE(UTF8, at + 2);
  target.writeUInt16LE(DATE, at + 8);
  target.writeUInt32LE(crc32(content), at + 10);
  target.writeUInt32LE(content.length, at + 14);
  target.writeUInt32LE(content.length, at + 18);
  target.writeUInt16LE(nameLength, at + 22);
}
