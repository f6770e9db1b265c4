import { createReadStream } from "node:fs";
import { copyFile, link, mkdir, open, readdir, readFile, rename, rm, stat, statfs, writeFile } from "node:fs/promises";

/** A file or a directory that was opened. A `FileHandle` of Node is one. */
export interface OpenFile {
  chmod(mode: number): Promise<void>;
  /** All of `content`, from the current position on. */
  writeFile(content: string | Uint8Array): Promise<void>;
  truncate(length: number): Promise<void>;
  /** fsync(2): returns once what was written, or the entries of a directory, survive a power cut. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * What the agent asks of a file system, in POSIX's words and with Node's errors. Whatever decides what runs goes through here, so that a
 * simulator can lose, tear and refuse writes.
 */
export interface FileSystem {
  open(path: string, flags: "r" | "r+" | "w" | "a", mode?: number): Promise<OpenFile>;
  readText(path: string): Promise<string>;
  readChunks(path: string): AsyncIterable<Uint8Array>;
  writeFile(path: string, content: string): Promise<void>;
  readdir(path: string): Promise<string[]>;
  stat(path: string): Promise<{ size: number }>;
  /** Also the directories above it; no error where it is there. */
  mkdirs(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** No error where it is missing; a directory goes with everything in it. */
  remove(path: string): Promise<void>;
  link(from: string, to: string): Promise<void>;
  copyFile(from: string, to: string): Promise<void>;
  /** Bytes that an unprivileged process may still write. */
  freeBytes(path: string): Promise<number>;
}

const READ_BYTES = 1 << 20;

export const nodeFileSystem: FileSystem = {
  open,
  readText: async (path) => await readFile(path, "utf8"),
  readChunks: (path) => createReadStream(path, { highWaterMark: READ_BYTES }),
  writeFile,
  readdir: async (path) => await readdir(path),
  stat: async (path) => await stat(path),
  mkdirs: async (path) => {
    await mkdir(path, { recursive: true });
  },
  rename,
  remove: async (path) => await rm(path, { recursive: true, force: true }),
  link,
  copyFile: async (from, to) => await copyFile(from, to),
  freeBytes: async (path) => {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  },
};
