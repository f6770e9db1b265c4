import type { FileSystem, OpenFile } from "@flotilla/agent/ports/file-system";
import { type Disk, errno } from "./disk.ts";
import type { FileNode, Node } from "./nodes.ts";

export type DiskAccess = "read" | "write" | "sync";

/** What surrounds the calls of one life of an agent. */
export interface DiskGuard {
  /** Called before every change and every read. It may throw an errno, take a while, or never return: then the agent is dead. */
  enter(access: DiskAccess, call: string, path: string): Promise<void>;
  /** Called once a change can be seen. */
  changed(call: string, path: string): void;
  /** Called when fsync has returned. */
  synced(path: string): void;
  /** A planted bug: the call does nothing. */
  ignoresSync(kind: Node["kind"], path: string): boolean;
}

/** The agent's file system on a simulated disk. Every call is made of steps, between which the power may fail. */
export class SimFileSystem implements FileSystem {
  readonly #disk: () => Disk;
  readonly #guard: DiskGuard;

  constructor(disk: () => Disk, guard: DiskGuard) {
    this.#disk = disk;
    this.#guard = guard;
  }

  async open(path: string, flags: "r" | "r+" | "w" | "a"): Promise<OpenFile> {
    const writes = flags === "w" || flags === "a";
    await this.#guard.enter(writes ? "write" : "read", `open:${flags}`, path);
    const disk = this.#disk();
    const node = writes ? disk.create(path) : disk.lookup(path);
    if (node === undefined) throw errno("ENOENT", path);
    if (node.kind === "directory") return this.#openDirectory(path, node);
    if (flags === "w") disk.truncate(node, 0);
    if (writes) this.#guard.changed("create", path);
    return this.#openFile(path, node, flags === "a" ? node.data.length : 0);
  }

  #openDirectory(path: string, node: Node): OpenFile {
    const isDirectory = (): Promise<never> => Promise.reject(errno("EISDIR", path));
    return {
      chmod: isDirectory,
      writeFile: isDirectory,
      truncate: isDirectory,
      sync: async () => await this.#sync(path, node),
      close: async () => undefined,
    };
  }

  #openFile(path: string, node: FileNode, from: number): OpenFile {
    let position = from;
    return {
      chmod: async () => undefined,
      writeFile: async (content) => {
        await this.#write(path, node, position, Buffer.from(content));
        position += Buffer.byteLength(content);
      },
      truncate: async (length) => {
        await this.#guard.enter("write", "truncate", path);
        this.#disk().truncate(node, length);
        this.#guard.changed("truncate", path);
      },
      sync: async () => await this.#sync(path, node),
      close: async () => undefined,
    };
  }

  async #write(path: string, node: FileNode, at: number, bytes: Buffer): Promise<void> {
    await this.#guard.enter("write", "write", path);
    const written = this.#disk().write(node, at, bytes);
    this.#guard.changed("write", path);
    if (written < bytes.length) throw errno("ENOSPC", path);
  }

  async #sync(path: string, node: Node): Promise<void> {
    try {
      await this.#guard.enter("sync", "fsync", path);
    } catch (error) {
      // Linux says it once: what could not be written back counts as clean, and the next fsync succeeds.
      node.pending = [];
      throw error;
    }
    if (!this.#guard.ignoresSync(node.kind, path)) this.#disk().sync(node);
    this.#guard.synced(path);
  }

  async readText(path: string): Promise<string> {
    await this.#guard.enter("read", "read", path);
    return this.#disk().file(path).data.toString("utf8");
  }

  async *readChunks(path: string): AsyncGenerator<Uint8Array> {
    await this.#guard.enter("read", "read", path);
    yield this.#disk().file(path).data;
  }

  async writeFile(path: string, content: string): Promise<void> {
    const file = await this.open(path, "w");
    await file.writeFile(content);
  }

  async readdir(path: string): Promise<string[]> {
    await this.#guard.enter("read", "readdir", path);
    return [...this.#disk().directory(path).entries.keys()];
  }

  async stat(path: string): Promise<{ size: number }> {
    await this.#guard.enter("read", "stat", path);
    const node = this.#disk().lookup(path);
    if (node === undefined) throw errno("ENOENT", path);
    return { size: node.kind === "file" ? node.data.length : 4096 };
  }

  async mkdirs(path: string): Promise<void> {
    const parts = path.split("/").filter((part) => part !== "");
    for (let count = 1; count <= parts.length; count += 1) {
      const step = `/${parts.slice(0, count).join("/")}`;
      if (this.#disk().lookup(step) !== undefined) continue;
      await this.#guard.enter("write", "mkdir", step);
      this.#disk().mkdir(step);
      this.#guard.changed("mkdir", step);
    }
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#guard.enter("write", "rename", to);
    this.#disk().rename(from, to);
    this.#guard.changed("rename", to);
  }

  async remove(path: string): Promise<void> {
    const node = this.#disk().lookup(path);
    if (node === undefined) return;
    if (node.kind === "directory") for (const name of [...node.entries.keys()]) await this.remove(`${path}/${name}`);
    await this.#guard.enter("write", "unlink", path);
    this.#disk().unlink(path);
    this.#guard.changed("unlink", path);
  }

  async link(from: string, to: string): Promise<void> {
    await this.#guard.enter("write", "link", to);
    this.#disk().link(from, to);
    this.#guard.changed("link", to);
  }

  async copyFile(from: string, to: string): Promise<void> {
    await this.#guard.enter("write", "copy", to);
    const { data } = this.#disk().file(from);
    const node = this.#disk().create(to);
    this.#disk().truncate(node, 0);
    this.#guard.changed("create", to);
    // In two steps, so that a copy may be cut short.
    await this.#write(to, node, 0, data.subarray(0, data.length >> 1));
    await this.#write(to, node, data.length >> 1, data.subarray(data.length >> 1));
  }

  async freeBytes(path: string): Promise<number> {
    await this.#guard.enter("read", "statfs", path);
    return this.#disk().freeBytes();
  }
}
