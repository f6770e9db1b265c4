import { listDevices, listDevicesInput } from "@flotilla/services";
import type { FleetBench } from "../fleet-bench.ts";
import { median } from "../machine/statistics.ts";

export const ORDERS = ["name", "lastSeen", "health"] as const;

/** Of each kind one: what an index finds, what most devices have, what none has, patterns, negations, and what reports change all the time. */
const FILTERS = [
  "name ~ bench-00*",
  "name ~ *99",
  "site = north",
  "site != north",
  "site ~ no*",
  "site ~ zz*",
  "arch = arm64",
  "arch != x64",
  "arch in (riscv64, mips)",
  "agentVersion ~ 0.2*",
  "agentVersion ~ 0.0*",
  "os ~ win*",
  "online",
  "not online",
  "not online and arch = arm64",
  "health = failed",
  "phase = DOWNLOADING",
  "temperatureC < 80",
  "latencyMs < 1",
  "lastSeen > 1h",
  "memoryMb >= 2048 and not site = north",
];
const TIMES = 7;

export interface FilterTimes {
  readonly filter: string;
  /** Ms of each time, a list an order. */
  readonly ms: readonly (readonly number[])[];
}

/** The first page of each filter by each order, as the service makes it, count included. The first time of each is not counted: it plans. */
export async function measureFilters({ ctx, actor }: FleetBench): Promise<FilterTimes[]> {
  const measured: FilterTimes[] = [];
  for (const filter of FILTERS) {
    const ms: number[][] = [];
    for (const by of ORDERS) {
      const times: number[] = [];
      const input = listDevicesInput.parse({ filter, sort: { by, desc: false } });
      for (let time = 0; time <= TIMES; time += 1) {
        const startedAt = performance.now();
        await listDevices(ctx, actor, input);
        if (time > 0) times.push(performance.now() - startedAt);
      }
      ms.push(times);
    }
    measured.push({ filter, ms });
  }
  return measured;
}

/** A table of medians, and the worst by name. */
export function printFilters(measured: readonly FilterTimes[]): string {
  const rows = measured.map(({ filter, ms }) => `| \`${filter}\` | ${ms.map((times) => median(times).toFixed(1)).join(" | ")} |`);
  const all = measured.flatMap(({ filter, ms }) => ms.map((times, index) => ({ filter, by: ORDERS[index], ms: median(times) })));
  const worst = all.toSorted((one, other) => other.ms - one.ms).slice(0, 3);
  const named = worst.map(({ filter, by, ms }) => `\`${filter}\` by ${by} ${ms.toFixed(1)} ms`).join(", ");
  return `The first page of each filter in the database, ms, median of ${TIMES}; the worst: ${named}.

| filter | by ${ORDERS.join(" | by ")} |
| --- | ${ORDERS.map(() => "---").join(" | ")} |
${rows.join("\n")}`;
}
