import type { ErrorCode, StateReport } from "@flotilla/contracts";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Journal } from "../../src/core/journal.ts";
import { type AgentFlags, AgentProcess, eventually, reached } from "../agent-process.ts";
import type { DeviceServer } from "../device-server.ts";
import { begin, type Lane, openLane, PATIENCE_MS } from "../kill-matrix/run-point.ts";
import { QUIET, type Scenario } from "../kill-matrix/scenario.ts";
import type { Release } from "../make-release.ts";

/** One thing that can go wrong with a device, and what must come of it. */
export type FaultCase = {
  /** As docs/agent-faults.md names it. */
  fault: string;
  /** The code that the device reports, or writes into its log where it cannot report; null where nothing has to be said. */
  code: ErrorCode | null;
  prove: (world: FaultWorld) => Promise<void>;
};

/** A device that has confirmed two releases, and is offered a third one under seq 3. */
export class FaultWorld {
  readonly root: string;
  readonly server: DeviceServer;
  readonly lane: Lane;
  readonly data: string;
  /** What runs in slot B to begin with, what lies in A, and what is offered. */
  readonly current: Release;
  readonly previous: Release;
  readonly offered: Release;
  readonly #agents: AgentProcess[] = [];

  private constructor(root: string, lane: Lane, data: string, { update, revert }: { update: Scenario; revert: Scenario }) {
    this.root = root;
    this.lane = lane;
    this.server = lane.server;
    this.data = data;
    if (update.before === null) throw new Error("an update begins with a release");
    this.current = update.before;
    this.previous = revert.target;
    this.offered = update.target;
  }

  static async open(root: string, name: string, scenarios: { update: Scenario; revert: Scenario }): Promise<FaultWorld> {
    const lane = await openLane(root, name);
    return new FaultWorld(root, lane, await begin(lane, scenarios.update), scenarios);
  }

  async start(flags: AgentFlags = {}): Promise<AgentProcess> {
    const agent = await AgentProcess.start(this.server, this.data, { ...flags, extra: [...QUIET, ...(flags.extra ?? [])] });
    this.#agents.push(agent);
    return agent;
  }

  /** Starts the agent with a preload out of test/inject. */
  async startWith(preload: keyof typeof PRELOADS, query: Record<string, string>, flags: AgentFlags = {}): Promise<AgentProcess> {
    return await this.start({ ...flags, node: ["--import", preloadUrl(preload, query)] });
  }

  /** Starts the agent so that its hosts have the preload. */
  async startWithHosts(query: Record<string, string>, flags: AgentFlags = {}): Promise<AgentProcess> {
    return await this.start({ ...flags, env: { NODE_OPTIONS: `--import=${preloadUrl("spoil-host", query)}` } });
  }

  /** Waits until the device answers with this release. */
  async runs(agent: AgentProcess, release: Release): Promise<void> {
    await eventually(
      async () => ((await agent.infer(this.lane.image)).variantSha256 === release.variantSha256 ? true : null),
      PATIENCE_MS,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${agent.log.slice(-3000)}`);
    });
  }

  async reached(seq: number, phase: StateReport["phase"], agent: AgentProcess): Promise<StateReport> {
    return await reached(this.server, seq, phase, agent, PATIENCE_MS);
  }

  /** Waits for a state report that gives this reason, with a sentence. */
  async says(code: ErrorCode, agent: AgentProcess): Promise<StateReport> {
    const report = await eventually(() => this.server.states().find(({ reason }) => reason?.code === code), PATIENCE_MS).catch(
      (error: unknown) => {
        const seen = this.server.states().map(({ seq, phase, reason }) => `${seq} ${phase} ${reason?.code ?? ""}`);
        throw new Error(`${String(error)}: ${code} was not reported; seen:\n${seen.join("\n")}\n${agent.log.slice(-3000)}`);
      },
    );
    if (!/^[A-Z].{20,}\.$/s.test(report.reason?.message ?? "")) throw new Error(`this is no sentence: ${report.reason?.message}`);
    return report;
  }

  async logs(agent: AgentProcess, text: string): Promise<void> {
    await eventually(() => (agent.log.includes(text) ? true : null), PATIENCE_MS).catch((error: unknown) => {
      throw new Error(`${String(error)}: "${text}" is not in:\n${agent.log.slice(-3000)}`);
    });
  }

  async journal(): Promise<Journal> {
    return JSON.parse(await readFile(join(this.data, "journal.json"), "utf8")) as Journal;
  }

  /** Changes one bit in the middle of a file. */
  async flip(name: string): Promise<void> {
    const path = join(this.data, name);
    const bytes = await readFile(path);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    // Not in place: the same file may be linked elsewhere.
    await rm(path);
    await writeFile(path, bytes);
  }

  async stopAgents(): Promise<void> {
    for (const agent of this.#agents) await agent.kill();
  }

  async close(): Promise<void> {
    await this.stopAgents();
    await this.server.stop();
    await rm(this.lane.root, { recursive: true, force: true });
  }
}

const PRELOADS = {
  "fail-at": new URL("../inject/fail-at.ts", import.meta.url),
  "spoil-host": new URL("../inject/spoil-host.ts", import.meta.url),
  device: new URL("../inject/device.ts", import.meta.url),
};

export function preloadUrl(name: keyof typeof PRELOADS, query: Record<string, string>): string {
  const url = new URL(PRELOADS[name]);
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
  return url.href;
}

export function check(holds: boolean, sentence: string): void {
  if (!holds) throw new Error(sentence);
}
