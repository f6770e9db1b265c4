import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { ADDRESS_SPACE_SLACK_BYTES, type ChildLimits } from "./limits.ts";

const CHILD = fileURLToPath(new URL("./child.ts", import.meta.url));
const STDIO: StdioOptions = ["ignore", "ignore", "pipe", "ipc"];

/**
 * Starts a child in `directory` with no environment. On Linux and macOS a shell sets the kernel's limits first: address space
 * (Linux only: macOS ignores it) and processor time, which also ends a child whose worker was killed while it ran in a loop.
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
  const script = `ulimit -c 0; ${process.platform === "linux" ? 'ulimit -v "$1";' : ""} ulimit -t "$2"; shift 2; exec "$@"`;
  return spawn("/bin/sh", ["-c", script, "sh", String(addressSpaceKb), String(cpuSeconds), process.execPath, ...nodeArguments], options);
}
