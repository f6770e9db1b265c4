import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { AgentPhase } from "@flotilla/contracts";
import { createMqttClient, type MqttClient } from "@flotilla/mqtt";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type BrokerProcess, startBrokerProcess } from "../../standalone/src/broker/start-broker-process.ts";
import { stateReport } from "./testing/reports.ts";
import { type TestDevice, TestStack } from "./testing/test-stack.ts";

// Real processes on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
const PHASES: readonly AgentPhase[] = ["DOWNLOADING", "VERIFYING"];
const REPORTS_AFTER = 300;

let stack: TestStack;
let broker: BrokerProcess;
let device: TestDevice;
let client: MqttClient;
const gateways: ChildProcess[] = [];

beforeAll(async () => {
  stack = await TestStack.create();
  broker = await startBrokerProcess(stack.directory);
  await stack.start();
  device = await stack.enrol();
  await stack.gateway?.stop();
  client = createMqttClient({
    url: broker.url,
    ...device.tls,
    clientId: device.id,
    random: Math.random,
    backoff: { baseMs: 50, capMs: 200 },
  });
});
afterAll(async () => {
  await client.stop();
  for (const gateway of gateways) gateway.kill("SIGKILL");
  await broker.stop();
  await stack.close();
});

async function startGatewayProcess(): Promise<ChildProcess> {
  const env = {
    DATABASE_URL: stack.database.url,
    BLOB_DIR: path.join(stack.directory, "blobs"),
    SECRETS_DIR: stack.directory,
    GATEWAY_PORT: "0",
    GATEWAY_HOST: "127.0.0.1",
    BROKER_URL: broker.url,
  };
  const child = spawn(process.execPath, [MAIN], { env, stdio: ["ignore", "pipe", "inherit"] });
  gateways.push(child);
  if (child.stdout === null) throw new Error("no output");
  for await (const line of createInterface({ input: child.stdout })) if (line.includes("MQTT connected")) break;
  child.stdout.resume();
  return child;
}

/** Publishes a change of phase after another until told to stop; the numbers of those that the broker acknowledged. */
function reportSteadily(bootId: string): { acknowledged: number[]; stop: () => Promise<void> } {
  const acknowledged: number[] = [];
  const stopping = new AbortController();
  const run = async (): Promise<void> => {
    for (let n = 0; !stopping.signal.aborted; n += 1) {
      await client.publish("state", device.id, stateReport({ bootId, n, phase: PHASES[n % PHASES.length] ?? "IDLE" }));
      acknowledged.push(n);
    }
  };
  const running = run();
  return {
    acknowledged,
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

const countLines = async () => await stack.ctx.db.prisma.deviceEvent.count({ where: { deviceId: device.id, kind: "state" } });

it("a gateway that is killed in the middle of its batches loses nothing that was acknowledged, and applies nothing twice", async () => {
  const first = await startGatewayProcess();
  client.start();
  await vi.waitFor(() => expect(client.isConnected()).toBe(true), { timeout: 20_000 });
  const bootId = randomUUID();
  const { acknowledged, stop } = reportSteadily(bootId);
  await vi.waitFor(async () => expect(await countLines()).toBeGreaterThan(50), { timeout: 30_000 });
  first.kill("SIGKILL");
  await once(first, "exit");
  const before = acknowledged.length;
  while (acknowledged.length < before + REPORTS_AFTER) await sleep(20);
  const written = await countLines();
  expect(written).toBeLessThan(acknowledged.length);
  await startGatewayProcess();
  await stop();
  // One line of history a report: each changes the phase.
  await vi.waitFor(async () => expect(await countLines()).toBe(acknowledged.length), { timeout: 30_000, interval: 100 });
  const status = await stack.ctx.db.prisma.deviceStatus.findUniqueOrThrow({ where: { deviceId: device.id } });
  expect(status).toMatchObject({ bootId, lastN: acknowledged.at(-1) });
});
