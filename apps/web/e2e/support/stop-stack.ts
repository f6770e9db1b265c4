import { cp, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { readStack, STACK_FILE } from "./stack.ts";

const LOGS = fileURLToPath(new URL("../../test-results/stack-logs", import.meta.url));

/** Stops the stack and throws its data away; its logs stay beside the test results. */
export default async function stopStack(): Promise<void> {
  const { pid, dataDirectory } = await readStack();
  process.kill(pid, "SIGTERM");
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 100));
  await cp(path.join(dataDirectory, "logs"), LOGS, { recursive: true });
  await rm(dataDirectory, { recursive: true, force: true });
  await rm(STACK_FILE, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
