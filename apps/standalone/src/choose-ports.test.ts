import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { choosePorts } from "./choose-ports.ts";

let folder: string;
let blocker: Server | null = null;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "ports-"));
});
afterEach(async () => {
  await new Promise((resolve) => (blocker === null ? resolve(null) : blocker.close(resolve)));
  blocker = null;
  await rm(folder, { recursive: true });
});

/** Takes a port of the system's choice, as another program would. */
async function takePort(): Promise<number> {
  const server = createServer();
  blocker = server;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

it("says which port is taken and what to pass, when a person asked for it", async () => {
  const taken = await takePort();
  await expect(choosePorts(path.join(folder, "ports.json"), { web: taken, host: "127.0.0.1" })).rejects.toThrow(
    `Port ${taken} is taken by another program. Stop it, or choose another: npm start -- --port ${taken + 1}`,
  );
});

it("goes to the next free port where nobody asked, and says so", async () => {
  const taken = await takePort();
  const file = path.join(folder, "ports.json");
  await writeFile(file, JSON.stringify({ web: 42_100, gateway: taken, broker: 42_102, postgres: 42_103 }));
  const { ports, notes } = await choosePorts(file, { web: undefined, host: "127.0.0.1" });
  expect(ports.gateway).toBeGreaterThan(taken);
  expect(notes).toContainEqual(`Port ${taken} is taken by another program: the gateway uses ${ports.gateway}.`);
});

it("never gives one port to two processes", async () => {
  const file = path.join(folder, "ports.json");
  await writeFile(file, JSON.stringify({ web: 42_110, gateway: 42_110, broker: 42_110, postgres: 42_110 }));
  const { ports } = await choosePorts(file, { web: undefined, host: "127.0.0.1" });
  expect(new Set(Object.values(ports)).size).toBe(4);
});

it("keeps the last start's ports: devices know the gateway by them", async () => {
  const file = path.join(folder, "ports.json");
  await writeFile(file, JSON.stringify({ web: 42_120, gateway: 42_121, broker: 42_122, postgres: 42_123 }));
  expect((await choosePorts(file, { web: undefined, host: "127.0.0.1" })).ports).toEqual({
    web: 42_120,
    gateway: 42_121,
    broker: 42_122,
    postgres: 42_123,
  });
});
