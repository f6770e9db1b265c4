/** A change of a file's content that no fsync has made durable. */
export type Write = { kind: "write"; at: number; bytes: Buffer } | { kind: "truncate"; length: number };
/** A change of a directory's entries that no fsync has made durable. A rename is one change: it is kept or lost as a whole. */
export type EntryChange = { remove: string | null; set: { name: string; node: Node } | null };

export interface FileNode {
  readonly kind: "file";
  /** What a reader sees. Buffers are never changed in place. */
  data: Buffer;
  /** What is on the medium. */
  synced: Buffer;
  pending: Write[];
  links: number;
}

export interface DirectoryNode {
  readonly kind: "directory";
  entries: Map<string, Node>;
  synced: Map<string, Node>;
  pending: EntryChange[];
}

export type Node = FileNode | DirectoryNode;

export const newFile = (): FileNode => ({ kind: "file", data: Buffer.alloc(0), synced: Buffer.alloc(0), pending: [], links: 1 });
export const newDirectory = (): DirectoryNode => ({ kind: "directory", entries: new Map(), synced: new Map(), pending: [] });

export function applyWrite(content: Buffer, write: Write): Buffer {
  if (write.kind === "truncate") {
    return write.length <= content.length
      ? content.subarray(0, write.length)
      : Buffer.concat([content, Buffer.alloc(write.length - content.length)]);
  }
  const { at, bytes } = write;
  if (content.length === 0 && at === 0) return bytes;
  if (at === content.length) return Buffer.concat([content, bytes]);
  // What lies between reads as zeros (POSIX lseek).
  const result = Buffer.alloc(Math.max(content.length, at + bytes.length));
  content.copy(result);
  bytes.copy(result, at);
  return result;
}

export function applyChange(entries: Map<string, Node>, { remove, set }: EntryChange): void {
  if (remove !== null) entries.delete(remove);
  if (set !== null) entries.set(set.name, set.node);
}
