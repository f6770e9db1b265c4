import type { Random } from "../kernel/random.ts";
import { applyChange, applyWrite, type DirectoryNode, type EntryChange, type FileNode, newDirectory, newFile, type Node } from "./nodes.ts";
import { survivorOf } from "./power-cut.ts";

export function errno(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

/** Of a disk that is not filled by something else. */
export const DISK_BYTES = 256 << 20;

/** One medium with a POSIX file system on it: what a reader sees, and what would be left of it. Its operations are atomic and take no time. */
export class Disk {
  #root: DirectoryNode;
  capacityBytes = DISK_BYTES;

  constructor(root: DirectoryNode = newDirectory()) {
    this.#root = root;
  }

  lookup(path: string): Node | undefined {
    let node: Node | undefined = this.#root;
    for (const name of partsOf(path)) node = node?.kind === "directory" ? node.entries.get(name) : undefined;
    return node;
  }

  file(path: string): FileNode {
    const node = this.lookup(path);
    if (node === undefined) throw errno("ENOENT", path);
    if (node.kind !== "file") throw errno("EISDIR", path);
    return node;
  }

  directory(path: string): DirectoryNode {
    const node = this.lookup(path);
    if (node === undefined) throw errno("ENOENT", path);
    if (node.kind !== "directory") throw errno("ENOTDIR", path);
    return node;
  }

  #parentOf(path: string): { directory: DirectoryNode; name: string } {
    const end = path.lastIndexOf("/");
    return { directory: this.directory(path.slice(0, end)), name: path.slice(end + 1) };
  }

  #change(directory: DirectoryNode, change: EntryChange): void {
    applyChange(directory.entries, change);
    directory.pending.push(change);
  }

  /** open(2) with O_CREAT. */
  create(path: string): FileNode {
    const { directory, name } = this.#parentOf(path);
    const known = directory.entries.get(name);
    if (known?.kind === "directory") throw errno("EISDIR", path);
    if (known !== undefined) return known;
    const node = newFile();
    this.#change(directory, { remove: null, set: { name, node } });
    return node;
  }

  /** @returns how many bytes fitted: a full disk takes the beginning */
  write(node: FileNode, at: number, bytes: Buffer): number {
    const fits = Math.min(bytes.length, Math.max(0, this.freeBytes()));
    if (fits === 0) return 0;
    const write = { kind: "write", at, bytes: bytes.subarray(0, fits) } as const;
    node.data = applyWrite(node.data, write);
    node.pending.push(write);
    return fits;
  }

  truncate(node: FileNode, length: number): void {
    if (node.data.length === length) return;
    const write = { kind: "truncate", length } as const;
    node.data = applyWrite(node.data, write);
    node.pending.push(write);
  }

  sync(node: Node): void {
    if (node.kind === "file") node.synced = node.data;
    else node.synced = new Map(node.entries);
    node.pending = [];
  }

  mkdir(path: string): void {
    if (this.lookup(path) !== undefined) return;
    const { directory, name } = this.#parentOf(path);
    this.#change(directory, { remove: null, set: { name, node: newDirectory() } });
  }

  rename(from: string, to: string): void {
    const source = this.#parentOf(from);
    const node = source.directory.entries.get(source.name);
    if (node === undefined) throw errno("ENOENT", from);
    const target = this.#parentOf(to);
    const there = target.directory.entries.get(target.name);
    if (there?.kind === "directory" && there.entries.size > 0) throw errno("ENOTEMPTY", to);
    if (there?.kind === "file") there.links -= 1;
    if (source.directory !== target.directory) throw errno("EXDEV", to);
    this.#change(source.directory, { remove: source.name, set: { name: target.name, node } });
  }

  link(from: string, to: string): void {
    const node = this.file(from);
    const { directory, name } = this.#parentOf(to);
    if (directory.entries.has(name)) throw errno("EEXIST", to);
    node.links += 1;
    this.#change(directory, { remove: null, set: { name, node } });
  }

  /** unlink(2), or rmdir(2) of an empty directory. */
  unlink(path: string): void {
    const { directory, name } = this.#parentOf(path);
    const node = directory.entries.get(name);
    if (node === undefined) throw errno("ENOENT", path);
    if (node.kind === "directory" && node.entries.size > 0) throw errno("ENOTEMPTY", path);
    if (node.kind === "file") node.links -= 1;
    this.#change(directory, { remove: name, set: null });
  }

  freeBytes(): number {
    return this.capacityBytes - sizeOf(this.#root);
  }

  /** What would be left if the power failed now. */
  afterPowerCut(random: Random): Disk {
    const left = new Disk(survivorOf(this.#root, random));
    left.capacityBytes = this.capacityBytes;
    return left;
  }
}

const MOST_PATHS = 10_000;
const knownPaths = new Map<string, readonly string[]>();

/** The names in a path; an agent asks for a few paths again and again. */
function partsOf(path: string): readonly string[] {
  const known = knownPaths.get(path);
  if (known !== undefined) return known;
  const parts = path.split("/").filter((part) => part !== "");
  if (knownPaths.size >= MOST_PATHS) knownPaths.clear();
  knownPaths.set(path, parts);
  return parts;
}

function sizeOf(node: Node): number {
  if (node.kind === "file") return node.data.length / Math.max(1, node.links);
  let sum = 0;
  for (const child of node.entries.values()) sum += sizeOf(child);
  return sum;
}
