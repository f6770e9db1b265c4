import { setTimeout as sleep } from "node:timers/promises";
import type { Section } from "../figure.ts";
import type { FleetBench } from "../fleet-bench.ts";
import { type Memory, memoryOf } from "../machine/memory.ts";
import { HAWKBIT } from "../recorded-peers.ts";
import { seedDevices, unconnectedDevices } from "../setup/seed-devices.ts";

const REST_MS = 20_000;

/** What the server's processes hold when nothing happens: first of all sections, when the stack was just started. */
export async function measureServerMemory(bench: FleetBench): Promise<Section> {
  const known = bench.sizes.devices.toLocaleString("en");
  const all = await rest(bench);
  const figure = {
    ...{ what: `server at rest, ${known} devices known: all processes`, unit: "MB", values: [total(all)] },
    limit: { kind: "at most", value: 700 },
    peer: { name: "hawkBit with Postgres", value: HAWKBIT.serverMB },
  } as const;
  return { title: "The server's memory", figures: [figure], notes: [NOTE, `${describe(all)}.`] };
}

/** The same once the stack has gone through the other sections. */
export async function measureMemoryAfterwards(bench: FleetBench): Promise<Section> {
  const all = await rest(bench);
  const figure = { what: "the stack after all sections, at rest again", unit: "MB", values: [total(all)], limit: null };
  return { title: "The server's memory afterwards", figures: [figure], notes: [`${describe(all)}.`] };
}

const NOTE = `The sum is RSS of the Node processes and PSS of Postgres', as the peer's was taken: Postgres' processes map the same buffers, which RSS would count once for each.`;

async function rest(bench: FleetBench): Promise<Record<string, Memory>> {
  bench.say("memory at rest");
  await bench.seed(0);
  await seedDevices(bench.db, bench.actor.organisationId, unconnectedDevices(bench.sizes.devices), { group: "known" });
  await sleep(REST_MS);
  const pids = await bench.stack.pids();
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
