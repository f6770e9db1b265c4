import { rm } from "node:fs/promises";
import { readStack, STACK_FILE } from "./stack.ts";

/** Stops the stack and throws its data away. */
export default async function stopStack(): Promise<void> {
  const { pid, dataDirectory } = await readStack();
  process.kill(pid, "SIGTERM");
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 100));
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
