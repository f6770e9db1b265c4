import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { CODE_DIRECTORIES, type Confinement } from "./confinement.ts";
import { ADDRESS_SPACE_SLACK_BYTES, type ChildLimits } from "./limits.ts";

const CHILD = fileURLToPath(new URL("./child.ts", import.meta.url));

/** What a child reads and writes of `/proc` about itself: its peak memory. */
const OWN_STATUS = "/proc/self/status";
const OWN_PEAK = "/proc/self/clear_refs";

/**
 * The shell that becomes the child. It sets the kernel's limits (address space on Linux alone: macOS ignores it), leaves a watcher behind
 * that kills the child once the worker is gone, which a child in a native loop would never notice, and then is replaced by node: `$$` is
 * the child's own process id. The watcher waits for the end of a pipe (4) whose other end only the worker has; it holds neither the
 * message channel (3) nor the directory.
 */
const SHELL = `
[ "$1" = 0 ] || ulimit -v "$1"
ulimit -c 0; ulimit -t "$2"
shift 2
( cd /; read -r _ <&4; kill -9 $$ ) >/dev/null 2>&1 3>&- &
exec "$@" 4<&-`;

export interface SpawnRequest {
  /** The child's working directory: all that it writes. */
  directory: string;
  limits: ChildLimits;
  /** Files outside of it that it reads. */
  readable: readonly string[];
  /** Whether it runs models: only then may it load native code. */
  runsModels: boolean;
  confinement: Confinement;
  /** The program, for tests. */
  entry?: string;
}

/**
 * Starts a child with no environment, and with limits on its memory and processor time.
 *
 * Node's permission model lets its JavaScript read only our code, its directory and the request's files, write only below that directory, and
 * start neither processes nor threads. Where the system allows it, the child has no network, and is another user when the worker is
 * root. What remains: native code that a model takes over has the rights of the child's user, since the permission model is Node's own; and
 * on a system without user namespaces it has the network.
 */
export function spawnChild(request: SpawnRequest): ChildProcess {
  const { directory, limits, confinement } = request;
  const node = [process.execPath, ...nodeArguments(request)];
  const user = confinement.uid === null ? {} : { uid: confinement.uid, gid: confinement.uid };
  const options: SpawnOptions = { cwd: directory, env: {}, stdio: ["ignore", "ignore", "pipe", "ipc", "pipe"], ...user };
  if (process.platform === "win32") return spawn(process.execPath, node.slice(1), options);
  const addressSpaceKb = Math.ceil((limits.memoryBytes + ADDRESS_SPACE_SLACK_BYTES) / 1024);
  const cpuSeconds = Math.ceil(limits.wallClockMs / 1000 + 5) * availableParallelism();
  const limitArguments = [process.platform === "linux" ? addressSpaceKb : 0, cpuSeconds].map(String);
  const child = spawn("/bin/sh", ["-c", SHELL, "sh", ...limitArguments, ...confinement.prefix, ...node], options);
  // The watcher ends with the child.
  child.once("exit", () => child.stdio[4]?.destroy());
  child.stdio[4]?.on("error", () => undefined);
  return child;
}

function nodeArguments({ directory, limits, readable, runsModels, entry = CHILD }: SpawnRequest): string[] {
  return [
    `--max-old-space-size=${Math.ceil(limits.memoryBytes / 2 ** 20)}`,
    "--permission",
    ...(runsModels ? ["--allow-addons"] : []),
    ...[...CODE_DIRECTORIES, directory, OWN_STATUS, ...readable].map((path) => `--allow-fs-read=${path}`),
    ...[directory, OWN_PEAK].map((path) => `--allow-fs-write=${path}`),
    "--disable-warning=SecurityWarning",
    "--disable-warning=ExperimentalWarning",
    entry,
  ];
}
