import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Stack } from "./stack.ts";

const AGENT = fileURLToPath(new URL("../../../agent/dist/agent.js", import.meta.url));

/** A device of a test's own: the agent's bundle in a process. */
export interface Device {
  name: string;
  /** What it has logged so far. */
  log: () => string;
  /** Ends the process; what it keeps on disk stays until `remove`. */
  stop: () => Promise<void>;
  remove: () => Promise<void>;
}

/**
 * Starts the real agent against the stack's gateway, which it knows by the CA on disk. Without a token it asks to be accepted.
 *
 * @param prepare puts something into its data directory before it starts
 */
export async function startAgent(
  stack: Stack,
  name: string,
  flags: readonly string[] = [],
  prepare: (directory: string) => Promise<unknown> = async () => {},
): Promise<Device> {
  const { gateway } = JSON.parse(await readFile(path.join(stack.dataDirectory, "ports.json"), "utf8")) as { gateway: number };
  const directory = await mkdtemp(path.join(os.tmpdir(), `flotilla-${name}-`));
  await prepare(directory);
  const server = ["--server", `https://localhost:${gateway}`, "--ca", path.join(stack.dataDirectory, "secrets", "ca.pem")];
  return runAgent(name, directory, [...server, "--poll-interval", "1", ...flags]);
}

/** Starts the agent with the token and the flags of a command that the dashboard shows, but a data directory of its own. */
export async function startByCommand(command: string, name: string): Promise<Device> {
  const [, flags = ""] = command.split("node agent.js ");
  const directory = await mkdtemp(path.join(os.tmpdir(), `flotilla-${name}-`));
  const own = flags.replace(/--data \S+/, "").trim();
  return runAgent(name, directory, own.split(/\s+/), { AGENT_TOKEN: /AGENT_TOKEN=(\S+)/.exec(command)?.[1] ?? "" });
}

function runAgent(name: string, directory: string, flags: readonly string[], env: Record<string, string> = {}): Device {
  const args = [AGENT, ...flags, "--data", directory, "--name", name];
  const child = spawn(process.execPath, args, {
    cwd: path.dirname(path.dirname(AGENT)),
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  const stop = () => end(child);
  return { name, log: () => output, stop, remove: async () => stop().then(() => rm(directory, { recursive: true, force: true })) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}
