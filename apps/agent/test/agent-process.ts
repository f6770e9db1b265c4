import type { AgentPhase, StateReport } from "@flotilla/contracts";
import { type ChildProcess, spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll } from "vitest";
import { buildAgent } from "../build.ts";
import type { DeviceServer } from "./device-server.ts";
import { MODEL_NAME } from "./make-release.ts";

const directory = fileURLToPath(new URL(`../dist/test-${process.pid}`, import.meta.url));
const running = new Set<AgentProcess>();
let built: Promise<string> | null = null;

async function bundle(): Promise<string> {
  built ??= buildAgent(`${directory}/agent.js`).then(() => `${directory}/agent.js`);
  return await built;
}

afterAll(async () => {
  for (const agent of running) await agent.kill();
  await rm(directory, { recursive: true, force: true });
});

export type AgentFlags = {
  token?: string | null;
  hold?: string;
  extra?: string[];
  ca?: string[];
  /** Options of Node itself: a preload that spoils something. */
  node?: string[];
  /** A program that the agent is started by, with its arguments. */
  wrap?: string[];
  env?: Record<string, string>;
};

/** The bundled agent as a real process. */
export class AgentProcess {
  readonly data: string;
  readonly child: ChildProcess;
  log = "";

  constructor(data: string, child: ChildProcess) {
    this.data = data;
    this.child = child;
    running.add(this);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        this.log += chunk.toString("utf8");
      });
    }
  }

  static async start(server: DeviceServer, data: string, flags: AgentFlags = {}): Promise<AgentProcess> {
    const token = flags.token === null ? [] : ["--token", flags.token ?? server.token];
    const args = [
      "--server",
      server.url,
      "--data",
      data,
      "--name",
      "test",
      "--poll-interval",
      "0.4",
      "--metrics-interval",
      "0.5",
      "--log-level",
      "debug",
    ];
    const ca = flags.ca ?? ["--ca-fingerprint", server.caFingerprint];
    const hold = flags.hold === undefined ? {} : { FLOTILLA_AGENT_HOLD: flags.hold };
    const env = { PATH: process.env["PATH"] ?? "", ...hold, ...flags.env };
    const [program = process.execPath, ...before] = [...(flags.wrap ?? []), process.execPath, ...(flags.node ?? [])];
    const command = [...before, await bundle(), ...args, ...token, ...ca, ...(flags.extra ?? [])];
    return new AgentProcess(data, spawn(program, command, { env, stdio: ["ignore", "pipe", "pipe"] }));
  }

  /** kill -9, and waits until the process is gone. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<number | null> {
    running.delete(this);
    if (this.isGone) return this.child.exitCode;
    const ended = new Promise<void>((resolve) => this.child.once("exit", () => resolve()));
    this.child.kill(signal);
    await ended;
    return this.child.exitCode;
  }

  /** true once the process is gone, whatever ended it. */
  get isGone(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  async exit(): Promise<number | null> {
    if (!this.isGone) await new Promise<void>((resolve) => this.child.once("exit", () => resolve()));
    return this.child.exitCode;
  }

  async port(): Promise<number> {
    return await eventually(async () => {
      // A full disk does not hold the file that applications find the port by.
      const said = /"port":(\d+),"socket"/.exec(this.log)?.[1];
      if (said !== undefined) return Number(said);
      const info = JSON.parse(await readFile(`${this.data}/host.json`, "utf8")) as { port: number; pid: number };
      return info.pid === this.child.pid ? info.port : null;
    });
  }

  /** Classifies one image through the inference endpoint. */
  async infer(image: Uint8Array): Promise<{ status: number; top: number; variantSha256: string }> {
    const inputs = [{ name: "image", datatype: "UINT8", shape: [1, 28, 28, 1], data: [...image] }];
    const response = await fetch(`http://127.0.0.1:${await this.port()}/v2/models/${MODEL_NAME}/infer`, {
      method: "POST",
      body: JSON.stringify({ inputs }),
    });
    const answer = (await response.json()) as { outputs?: { data: number[] }[]; parameters?: { variant_sha256: string } };
    const scores = answer.outputs?.[0]?.data ?? [];
    return { status: response.status, top: scores.indexOf(Math.max(...scores)), variantSha256: answer.parameters?.variant_sha256 ?? "" };
  }
}

/** Tries until there is an answer. */
export async function eventually<T>(act: () => Promise<T | null | undefined> | T | null | undefined, timeoutMs = 20_000): Promise<T> {
  const end = performance.now() + timeoutMs;
  let last: unknown = "no answer";
  while (performance.now() < end) {
    try {
      const value = await act();
      if (value !== null && value !== undefined) return value;
    } catch (error) {
      last = error;
    }
    await sleep(25);
  }
  throw new Error(`not within ${timeoutMs} ms: ${last instanceof Error ? last.message : String(last)}`);
}

/** Waits for the state report of a phase of an assignment. */
export async function reached(
  server: DeviceServer,
  seq: number,
  phase: AgentPhase,
  agent?: AgentProcess,
  timeoutMs = 25_000,
): Promise<StateReport> {
  try {
    return await eventually(() => server.states().findLast((state) => state.seq === seq && state.phase === phase), timeoutMs);
  } catch (error) {
    const seen = server.states().map((state) => `${state.seq} ${state.phase} ${state.reason?.message ?? ""}`);
    throw new Error(`${String(error)}; wanted ${seq} ${phase}; seen:\n${seen.join("\n")}\n${agent?.log.slice(-4000) ?? ""}`, {
      cause: error,
    });
  }
}
