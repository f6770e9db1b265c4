import { type ChildProcess, spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { get } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createToken } from "@flotilla/services";
import type { Figure, Section } from "../figure.ts";
import type { FleetBench } from "../fleet-bench.ts";
import { processTree } from "../machine/cpu.ts";
import { memoryOfOne } from "../machine/memory.ts";
import { until } from "../machine/until.ts";
import { MENDER_CLIENT } from "../recorded-peers.ts";
import { makeDemoRelease } from "../setup/make-demo-release.ts";
import { runRollout } from "../setup/run-rollout.ts";

const AGENT = fileURLToPath(new URL("../../../../agent/dist/agent.js", import.meta.url));
/** As the peers were left alone before they were looked at. */
const REST_MS = 15_000;

/** The real agent, as it is on a device, with a real release that it has confirmed; beside Node that does nothing. */
export async function measureAgent(bench: FleetBench): Promise<Section> {
  const groupId = await bench.seed(0);
  const directory = await mkdtemp(path.join(tmpdir(), "flotilla-bench-agent-"));
  let agent: ChildProcess | null = null;
  try {
    agent = await bringToActive(bench, directory, groupId);
    await stop(agent);
    const runs: Run[] = [];
    for (let run = 1; run <= bench.sizes.repetitions; run += 1) {
      bench.say(`agent, run ${run}`);
      agent = startAgent(bench, directory, null);
      runs.push(await measureRun(agent, directory));
      await stop(agent);
    }
    const bare = await measureBareNode();
    return { title: "The agent", figures: figuresOf(runs, bare), notes: [NOTE] };
  } finally {
    agent?.kill("SIGKILL");
    await rm(directory, { recursive: true, force: true });
  }
}

interface Run {
  readonly listensMs: number;
  readonly servesMs: number;
  readonly agentMB: number;
  readonly hostMB: number;
}

async function bringToActive(bench: FleetBench, directory: string, groupId: string): Promise<ChildProcess> {
  bench.say("agent: a release by the worker, enrolment, rollout");
  const releaseId = await makeDemoRelease(bench);
  const { token } = await createToken(bench.ctx, bench.actor, { name: "bench", groupId, maxUses: 1, expiresInDays: 1 });
  const agent = startAgent(bench, directory, token);
  const online = `SELECT 1 FROM device_status WHERE online`;
  await until(async () => (await bench.db.query(online)).length === 1, 120_000, "the agent is online");
  const done = await runRollout(bench, { releaseId, groupId, stages: 1, count: 1, timeoutS: 120 });
  if (done.incomplete !== null) throw new Error("the agent did not take the release up");
  return agent;
}

function startAgent({ stack, caPem }: FleetBench, directory: string, token: string | null): ChildProcess {
  const fingerprint = new X509Certificate(caPem).fingerprint256.replaceAll(":", "").toLowerCase();
  const args = [
    AGENT,
    "--server",
    `https://localhost:${stack.ports.gateway}`,
    "--data",
    directory,
    "--ca-fingerprint",
    fingerprint,
    "--name",
    "bench-agent",
  ];
  return spawn(process.execPath, args, { env: token === null ? {} : { AGENT_TOKEN: token }, stdio: ["ignore", "pipe", "inherit"] });
}

async function measureRun(agent: ChildProcess, directory: string): Promise<Run> {
  const startedAt = performance.now();
  const elapsed = (): number => performance.now() - startedAt;
  let said = "";
  let listensMs = Number.NaN;
  agent.stdout?.on("data", (chunk: Buffer) => {
    said += chunk.toString();
    if (Number.isNaN(listensMs) && said.includes("inference endpoint")) listensMs = elapsed();
  });
  while (Number.isNaN(listensMs)) await sleep(2);
  const { port } = JSON.parse(await readFile(path.join(directory, "host.json"), "utf8")) as { port: number };
  while (!(await isReady(port))) await sleep(5);
  const servesMs = elapsed();
  await sleep(REST_MS);
  const [own = 0, ...hosts] = await processTree(agent.pid ?? 0);
  const hostMB = (await Promise.all(hosts.map(memoryOfOne))).reduce((sum, { rssMB }) => sum + rssMB, 0);
  return { listensMs, servesMs, agentMB: (await memoryOfOne(own)).rssMB, hostMB };
}

async function isReady(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    get({ host: "127.0.0.1", port, path: "/v2/health/ready", timeout: 1000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).on("error", () => resolve(false));
  });
}

/** Node's own start until it has said a word, and its memory when it does nothing. */
async function measureBareNode(): Promise<{ readyMs: number; memoryMB: number }> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ["-e", "console.log(1); setInterval(() => {}, 1e9)"], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise<void>((resolve) => child.stdout.once("data", () => resolve()));
  const readyMs = performance.now() - startedAt;
  await sleep(2_000);
  const { rssMB } = await memoryOfOne(child.pid ?? 0);
  await stop(child);
  return { readyMs, memoryMB: rssMB };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await ended;
  clearTimeout(timer);
}

const NOTE = `The built bundle against the running stack, connected, with a confirmed release of the MNIST sample; memory after ${REST_MS / 1000} s of rest. The resident agent and the inference host, a process of its own that
holds onnxruntime and the model, are counted apart: the peers' agents run no models. Ready is when its endpoint listens, as mender-client's is its first state; when the confirmed release answers is a row
of its own.`;

function figuresOf(runs: readonly Run[], bare: { readyMs: number; memoryMB: number }): Figure[] {
  return [
    {
      ...{
        what: "agent, resident process, idle",
        unit: "MB",
        values: runs.map(({ agentMB }) => agentMB),
        limit: { kind: "at most", value: 62 },
      },
      peer: { name: "mender-client", value: MENDER_CLIENT.idleMB },
    },
    { what: "its inference host with the model", unit: "MB", values: runs.map(({ hostMB }) => hostMB), limit: null },
    { what: "bare Node, idle", unit: "MB", values: [bare.memoryMB], limit: null },
    {
      ...{
        what: "agent, start → its endpoint listens",
        unit: "ms",
        values: runs.map(({ listensMs }) => listensMs),
        limit: { kind: "at most", value: 350 },
      },
      peer: { name: "mender-client, first state", value: MENDER_CLIENT.readyMs },
    },
    { what: "agent, start → the confirmed release answers", unit: "ms", values: runs.map(({ servesMs }) => servesMs), limit: null },
    { what: "bare Node, start → first word", unit: "ms", values: [bare.readyMs], limit: null },
  ];
}
