import { crc32 } from "node:zlib";

/** A file for `writeZip`, with what a hostile writer may claim about it. */
export interface ZipFile {
  readonly name: string;
  readonly data: Uint8Array;
  readonly claimedBytes?: number;
  readonly mode?: number;
  readonly method?: number;
}

/** An archive of stored files. */
export function writeZip(files: readonly ZipFile[]): Uint8Array {
  const body: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, data, claimedBytes, mode, method } of files) {
    const label = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(method ?? 0, 4);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(claimedBytes ?? data.length, 18);
    common.writeUInt16LE(label.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(((mode ?? 0) << 16) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    const local = Buffer.concat([Buffer.from("PK\u0003\u0004"), common, label, data]);
    directory.push(Buffer.concat([Buffer.from("PK\u0001\u0002\u0000\u0000"), common, tail, label]));
    body.push(local);
    offset += local.length;
  }
  const table = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\u0005\u0006", "latin1");
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(table.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...body, table, end]);
}
