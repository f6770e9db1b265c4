import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { ADDRESS_SPACE_SLACK_BYTES, type ChildLimits } from "./limits.ts";

const CHILD = fileURLToPath(new URL("./child.ts", import.meta.url));
const STDIO: StdioOptions = ["ignore", "ignore", "pipe", "ipc"];

/**
 * The shell that becomes the child. It sets the kernel's limits (address space on Linux alone: macOS ignores it), leaves a watcher behind
 * that kills the child within a second when the worker is gone, which a child in a native loop would never notice, and then is
 * replaced by node: `$$` is the child's own process id. The watcher holds neither the message channel (3) nor the directory.
 */
const SHELL = `
[ "$1" = 0 ] || ulimit -v "$1"
ulimit -c 0; ulimit -t "$2"
worker=$3; shift 3
( cd /; while kill -0 $$ && kill -0 "$worker"; do /bin/sleep 1; done; kill -9 $$ ) >/dev/null 2>&1 3>&- &
exec "$@"`;

/**
 * Starts a child in `directory` with no environment and with limits on its memory and processor time.
 * Node's permission model lets its JavaScript write only below `directory` and start no process.
 */
export function spawnChild(directory: string, limits: ChildLimits): ChildProcess {
  const megabytes = Math.ceil(limits.memoryBytes / 2 ** 20);
  const nodeArguments = [
    `--max-old-space-size=${megabytes}`,
    "--permission",
    "--allow-addons",
    "--allow-fs-read=*",
    `--allow-fs-write=${directory}`,
    "--disable-warning=SecurityWarning",
    "--disable-warning=ExperimentalWarning",
    CHILD,
  ];
  const options = { cwd: directory, env: {}, stdio: STDIO };
  if (process.platform === "win32") return spawn(process.execPath, nodeArguments, options);
  const addressSpaceKb = Math.ceil((limits.memoryBytes + ADDRESS_SPACE_SLACK_BYTES) / 1024);
  const cpuSeconds = Math.ceil(limits.wallClockMs / 1000 + 5) * availableParallelism();
  const limitArguments = [process.platform === "linux" ? addressSpaceKb : 0, cpuSeconds, process.pid].map(String);
  return spawn("/bin/sh", ["-c", SHELL, "sh", ...limitArguments, process.execPath, ...nodeArguments], options);
}
