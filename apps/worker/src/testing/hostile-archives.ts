import { buffer } from "node:stream/consumers";
import { encode } from "fast-png";
import yazl from "yazl";

export const pixel = (): Buffer =>
  Buffer.from(encode({ width: 2, height: 2, channels: 1, depth: 8, data: Uint8Array.of(0, 80, 160, 240) }));

export interface Entry {
  name: string;
  content: Buffer;
  mode?: number;
}

/** A zip of entries. The names are written as they are: yazl would refuse the unsafe ones, so those are patched in afterwards. */
export async function zipOf(entries: readonly Entry[]): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  for (const [index, { name, content, mode }] of entries.entries()) {
    zip.addBuffer(content, placeholder(index, name), { ...(mode === undefined ? {} : { mode }), mtime: new Date(1980, 0, 1) });
  }
  zip.end();
  const bytes = await buffer(zip.outputStream);
  for (const [index, { name }] of entries.entries()) replaceAll(bytes, placeholder(index, name), name);
  return bytes;
}

/** Of the same length as the name it stands for. */
function placeholder(index: number, name: string): string {
  return `~${index}`.padEnd(name.length, "_").slice(0, Math.max(name.length, 2));
}

function replaceAll(bytes: Buffer, from: string, to: string): void {
  for (let at = bytes.indexOf(from); at !== -1; at = bytes.indexOf(from, at + 1)) bytes.write(to, at);
}
