import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Cost } from "./cost.ts";
import type { RequestOf, ResultOf, TaskName } from "./tasks.ts";

const CHILD = fileURLToPath(new URL("./child.ts", import.meta.url));

/**
 * Runs a task in a process of its own, so that its seconds and its memory are its own. `prefix` is a command that runs Node on another processor, such as an
 * emulator. `wallS` is from its start to its end.
 */
export async function runTask<N extends TaskName>(
  name: N,
  request: RequestOf<N>,
  prefix: readonly string[] = [],
): Promise<{ result: ResultOf<N>; cost: Cost; wallS: number }> {
  const started = performance.now();
  const { result, cost } = await runProcess([...prefix, process.execPath, CHILD, name, JSON.stringify(request)]);
  // child.ts runs the task of this name, and nothing else.
  return { result: result as ResultOf<N>, cost, wallS: (performance.now() - started) / 1000 };
}

/** Runs a command that prints `{result, cost}` as its last line. Throws with the end of its stderr where it fails. */
export async function runProcess([command = "", ...args]: readonly string[]): Promise<{ result: unknown; cost: Cost }> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  const last = out.trimEnd().split("\n").at(-1) ?? "";
  if (code !== 0 || !last.startsWith("{")) throw new Error(`${command} ended with ${code}: ${err.slice(-2000)}`);
  return JSON.parse(last) as { result: unknown; cost: Cost };
}
