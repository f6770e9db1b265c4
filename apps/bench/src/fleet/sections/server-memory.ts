import { setTimeout as sleep } from "node:timers/promises";
import type { Section } from "../figure.ts";
import type { FleetBench } from "../fleet-bench.ts";
import { type Memory, memoryOf } from "../machine/memory.ts";
import { HAWKBIT } from "../recorded-peers.ts";
import { startStack } from "../setup/start-stack.ts";
import { seedDevices, unconnectedDevices } from "../setup/seed-devices.ts";
import { createDb } from "@flotilla/db";

const REST_MS = 20_000;

/** What the server's processes hold when nothing happens: of a stack that was just started, and of the one that went through the sections before. */
export async function measureServerMemory(bench: FleetBench): Promise<Section> {
  const { devices } = bench.sizes;
  bench.say("memory: a fresh stack at rest");
  const fresh = await startStack({ asBuilt: true });
  const db = createDb({ url: fresh.databaseUrl, maxConnections: 1 });
  let rested: Record<string, Memory>;
  try {
    const [organisation] = await db.query<{ id: string }>("SELECT id FROM organization");
    await seedDevices(db, organisation?.id ?? "", unconnectedDevices(devices), { group: "all" });
    await sleep(REST_MS);
    rested = await readAll(await fresh.pids());
  } finally {
    await db.close();
    await fresh.stop();
  }
  const used = await readAll(await bench.stack.pids());
  return {
    title: "The server's memory",
    figures: [
      {
        ...{ what: `server at rest, ${devices.toLocaleString("en")} devices known: all processes`, unit: "MB", values: [total(rested)] },
        limit: { kind: "at most", value: 700 },
        peer: { name: "hawkBit with Postgres", value: HAWKBIT.serverMB },
      },
      { what: "the stack of this run, after all that it went through", unit: "MB", values: [total(used)], limit: null },
    ],
    notes: [NOTE, `At rest: ${describe(rested)}.`, `After the sections before: ${describe(used)}.`],
  };
}

const NOTE = `The sum is RSS of the Node processes and PSS of Postgres', as the peer's was taken: Postgres' processes map the same buffers, which RSS would count once for each.`;

async function readAll(pids: Record<string, number>): Promise<Record<string, Memory>> {
  return Object.fromEntries(await Promise.all(Object.entries(pids).map(async ([name, pid]) => [name, await memoryOf(pid)] as const)));
}

function total(all: Readonly<Record<string, Memory>>): number {
  return Object.entries(all).reduce((sum, [name, { rssMB, pssMB }]) => sum + (name === "postgres" ? pssMB : rssMB), 0);
}

function describe(all: Readonly<Record<string, Memory>>): string {
  return Object.entries(all)
    .map(
      ([name, { rssMB, pssMB, processes }]) =>
        `${name} ${rssMB.toFixed(0)} MB RSS, ${pssMB.toFixed(0)} PSS${processes > 1 ? ` in ${processes} processes` : ""}`,
    )
    .join("; ");
}
