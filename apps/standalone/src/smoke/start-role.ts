import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import path from "node:path";
import { untilSays } from "../processes.ts";

/** Debian's `nobody`: owns nothing, as the images' user owns nothing of the program. */
export const NOBODY = 65_534;

export interface RoleOptions {
  /** For the log. */
  name: string;
  /** What deploy/assemble.sh made. */
  folder: string;
  /** As in the image's CMD. */
  file: string;
  /** All that it is given: PATH aside there is nothing else in its environment. */
  env: Record<string, string>;
  logs: string;
  /** A Node that the other user may run: this one's may lie in somebody's home. */
  node: string;
}

/** Starts a role as its image does, as another user where this one is root. */
export function startRole({ name, folder, file, env, logs, node }: RoleOptions): ChildProcess {
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const child = spawn(node, [file], {
    cwd: folder,
    env: { PATH: "/usr/local/bin:/usr/bin:/bin", NODE_ENV: "production", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    ...user,
  });
  const log = createWriteStream(path.join(logs, `${name}.log`));
  child.stdout.pipe(log);
  child.stderr.pipe(log, { end: false });
  return child;
}

/** Runs one that ends by itself. @throws Error with its name unless it ends with 0. */
export async function runRole(options: RoleOptions): Promise<void> {
  const [code] = (await once(startRole(options), "exit")) as [number | null];
  if (code !== 0) throw new Error(`${options.name} ended with ${code}: see ${options.logs}/${options.name}.log`);
}

/** Starts one that says when it is ready. */
export async function startReady(options: RoleOptions, text: string): Promise<ChildProcess> {
  const child = startRole(options);
  await untilSays(child, text);
  if (child.exitCode !== null) throw new Error(`${options.name} ended with ${child.exitCode}: see ${options.logs}/${options.name}.log`);
  return child;
}

export async function stopRole(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, "exit");
}
