import { existsSync, statSync } from "node:fs";
import fs, { type FileHandle } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { relative, resolve } from "node:path";

/** One change of the file system that is about to happen. */
export type Mutation = {
  /** What is done to which file, with what differs from run to run left out: `rename journal.json.partial`. */
  label: string;
  /** Does all of it. */
  act: () => Promise<unknown>;
  /** Does half of it, as an interrupted call leaves it; null where a call is all or nothing. */
  tear: (() => Promise<unknown>) | null;
};

export type Hook = (mutation: Mutation) => Promise<unknown>;

type Call = (...args: never[]) => Promise<unknown>;
type Calls = Record<string, Call>;

/**
 * Puts `hook` before every call of this process that changes something under `root`. Preloaded (`node --import`), so that the program
 * is the one that ships: its imports of node:fs/promises are bound to what stands here.
 */
export async function watchFileSystem(root: string, hook: Hook): Promise<void> {
  const original = { ...fs };
  const calls = fs as unknown as Calls;
  const labelOf = (op: string, path: unknown): string => `${op} ${nameOf(root, String(path))}`;

  const wrap = (op: string, tearOf?: (args: [string, string]) => (() => Promise<unknown>) | null): void => {
    const call = calls[op];
    if (call === undefined) throw new Error(`there is no fs.${op}`);
    calls[op] = async (...args) => {
      const act = async (): Promise<unknown> => await call(...args);
      if (!isUnder(root, args[0]) || changesNothing(op, args[0])) return await act();
      return await hook({ label: labelOf(op, args[0]), act, tear: tearOf?.(args as unknown as [string, string]) ?? null });
    };
  };
  for (const op of ["mkdir", "rename", "unlink", "truncate", "link", "symlink"]) wrap(op);
  wrap("rm", ([path]) => (statSync(path).isDirectory() ? async () => await removeOne(original, path) : null));
  wrap(
    "writeFile",
    ([path, content]) =>
      async () =>
        await original.writeFile(path, half(content)),
  );
  wrap(
    "copyFile",
    ([from, to]) =>
      async () =>
        await original.writeFile(to, half(await original.readFile(from))),
  );
  await wrapHandles(root, original, calls, labelOf, hook);
  syncBuiltinESMExports();
}

/** An open file is known by the path that it was opened with. */
async function wrapHandles(
  root: string,
  original: typeof fs,
  calls: Calls,
  labelOf: (op: string, path: unknown) => string,
  hook: Hook,
): Promise<void> {
  const paths = new WeakMap<object, string>();
  calls["open"] = async (...args: never[]) => {
    const [path, flags] = args as unknown as [string, string | number];
    const act = async (): Promise<FileHandle> => await (original.open as unknown as (...args: never[]) => Promise<FileHandle>)(...args);
    const creates = isUnder(root, path) && typeof flags === "string" && /^[wa]/.test(flags);
    const handle = (await (creates ? hook({ label: labelOf("open", path), act, tear: null }) : act())) as FileHandle;
    if (isUnder(root, path)) paths.set(handle, path);
    return handle;
  };
  const sample = await original.open("/dev/null");
  const prototype = Object.getPrototypeOf(sample) as Calls;
  await sample.close();
  for (const op of ["write", "writeFile", "sync", "truncate"]) {
    const call = prototype[op];
    if (call === undefined) throw new Error(`a file handle has no ${op}`);
    prototype[op] = async function (this: FileHandle, ...args: never[]) {
      const path = paths.get(this);
      const act = async (): Promise<unknown> => await call.apply(this, args);
      if (path === undefined) return await act();
      const tear = op.startsWith("write") ? async () => await call.apply(this, [half(args[0])] as never) : null;
      return await hook({ label: labelOf(op, path), act, tear });
    };
  }
}

function isUnder(root: string, path: unknown): boolean {
  return typeof path === "string" && (resolve(path) === root || resolve(path).startsWith(`${root}/`));
}

/** A directory that is there is not made, and a file that is not there is not removed. */
function changesNothing(op: string, path: unknown): boolean {
  return (op === "mkdir" && existsSync(String(path))) || (op === "rm" && !existsSync(String(path)));
}

/** The path without times, counts and digests: the same in every run. */
function nameOf(root: string, path: string): string {
  return relative(root, resolve(path))
    .replaceAll(/[0-9a-f]{64}/g, (digest) => digest.slice(0, 6))
    .replaceAll(/\d{9,}|(?<=host-)\d+/g, "N");
}

function half(content: unknown): Uint8Array {
  const bytes = typeof content === "string" ? Buffer.from(content) : (content as Uint8Array);
  return bytes.subarray(0, bytes.length >> 1);
}

/** Removes one file of a directory, as a removal that was cut short. */
async function removeOne(original: typeof fs, path: string): Promise<void> {
  const [first] = await original.readdir(path);
  if (first !== undefined) await original.rm(`${path}/${first}`, { recursive: true, force: true });
}
