import { spawn } from "node:child_process";
import { mkdtemp, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type Stack, STACK_FILE } from "./stack.ts";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const START_TIMEOUT_MS = 120_000;

/** Starts the stack that `npm start` starts, on a data directory of its own, with five devices. */
export default async function startStack(): Promise<void> {
  const dataDirectory = await mkdtemp(path.join(os.tmpdir(), "flotilla-e2e-"));
  const options = JSON.stringify({ devices: 5, reset: false, data: dataDirectory });
  const child = spawn(process.execPath, [path.join(ROOT, "apps/standalone/src/main.ts"), options], {
    cwd: ROOT,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const url = /Flotilla is at (\S+)/.exec(output)?.[1];
    const setupUrl = /become its owner at (\S+)/.exec(output)?.[1];
    if (url !== undefined && setupUrl !== undefined && child.pid !== undefined) {
      const stack: Stack = { url, setupUrl, pid: child.pid, dataDirectory };
      await writeFile(STACK_FILE, JSON.stringify(stack));
      child.unref();
      return;
    }
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill("SIGTERM");
      throw new Error(`The stack did not start.\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
