import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { applyReports } from "@flotilla/services";
import type { Figure, Section } from "../figure.ts";
import type { FleetBench } from "../fleet-bench.ts";
import type { Generator } from "../generator/generator.ts";
import type { Reported } from "../generator/protocol.ts";
import { describeCpuUse, withCpu } from "../machine/cpu.ts";
import { quantile } from "../machine/statistics.ts";
import { until } from "../machine/until.ts";
import { HAWKBIT } from "../recorded-peers.ts";
import { awaitReports, countAcknowledged, countEvents, describeOverload, type Whereabouts } from "./await-reports.ts";
import { connectFleet } from "../setup/connect-fleet.ts";

/** A little more than is promised. */
const PER_SECOND = 10_500;
const PROBES = 25;
const SETTLE_MS = 120_000;
const SINGLE_SECONDS = 3;

/** How many reports a second reach Postgres, how late, and whether all do; then the HTTPS path. */
export async function measureReports(bench: FleetBench): Promise<Section> {
  const { devices, seconds } = bench.sizes;
  await bench.seed(devices);
  const generator = await bench.startGenerator(devices, 2);
  try {
    await connectFleet(bench, generator, devices);
    const perSecond = Math.min(PER_SECOND, devices * 2);
    bench.say(`reports: ${perSecond}/s for ${seconds} s`);
    // Each agent says IDLE when it starts: that is none of what is counted.
    await until(async () => (await countEvents(bench)) >= devices, SETTLE_MS, "every device's first report");
    const run = await sendAll(bench, generator, perSecond);
    const single = await applySingly(bench);
    const [https, httpsNote] = await measureHttps(bench, generator);
    const { cpu, lags, elapsedS, whereabouts, overload } = run;
    const rate = whereabouts.written / elapsedS;
    const cpuNote = `Reports, CPU s: ${describeCpuUse(cpu)} in ${cpu.wallS.toFixed(1)} s. ${describeLags(lags)}`;
    return {
      title: "Reports and polls",
      figures: figuresOf({ perSecond, rate, whereabouts, lags, single, https }),
      notes: [NOTE, ...(overload === null ? [] : [overload]), cpuNote, httpsNote],
    };
  } finally {
    await generator.stop();
  }
}

const NOTE = `Each report is a state report with another phase than the device's last, over its own MQTT session with QoS 1: Postgres has its status row and a history row of every one. The lag is from
the moment a report was given to its session until a look at Postgres every 20 ms finds it. "One row at a time" applies the same kind of report by the same code, one report a transaction.`;

/** Offers the rate, and waits until all is in Postgres or nothing more comes. */
async function sendAll(bench: FleetBench, generator: Generator, perSecond: number) {
  const { seconds } = bench.sizes;
  const before = { events: await countEvents(bench), acknowledged: await countAcknowledged(generator) };
  const probe = watchProbes(bench, probedDevices(bench, generator.size));
  const pids = { ...(await bench.stack.pids()), ...generator.pids() };
  const { result, cpu } = await withCpu(pids, async () => {
    const startedAt = performance.now();
    probe.begin();
    const writtenAtEnd = sleep(seconds * 1000).then(async () => (await countEvents(bench)) - before.events);
    const reported = await generator.ask("report", { perSecond: perSecond / generator.size, seconds, probes: PROBES });
    const whereabouts = await awaitReports(bench, generator, reported, before);
    return { reported, whereabouts, writtenAtEnd: await writtenAtEnd, elapsedS: (performance.now() - startedAt) / 1000 };
  });
  const { reported, whereabouts, writtenAtEnd, elapsedS } = result;
  const withDevicesAtEnd = reported.reduce((sum, each) => sum + each.withDevicesAtEnd, 0);
  const overload = describeOverload({ perSecond, seconds, writtenAtEnd, withDevicesAtEnd, elapsedS, whereabouts });
  return { cpu, lags: lagsOf(reported, probe.end()), elapsedS, whereabouts, overload };
}

/** The first devices of each generator process, which are split as `Generator.start` splits them. */
function probedDevices(bench: FleetBench, processes: number): string[] {
  const ids = bench.identityIds(bench.sizes.devices);
  const each = Math.ceil(ids.length / processes);
  return Array.from({ length: processes }, (_, index) => ids.slice(index * each, index * each + PROBES)).flat();
}

type Sightings = Map<string, { n: number; at: number }[]>;

/** Looks at a few devices' newest numbers again and again, until `end`. */
function watchProbes({ db }: FleetBench, ids: readonly string[]) {
  const seen: Sightings = new Map();
  const stopped = new AbortController();
  const look = async (): Promise<void> => {
    const since = new Map<string, number>();
    while (!stopped.signal.aborted) {
      const rows = await db.query<{ id: string; n: number }>(
        `SELECT "deviceId"::text AS id, "lastN" AS n FROM device_status WHERE "deviceId" = ANY($1::uuid[])`,
        [ids],
      );
      const at = Date.now();
      for (const { id, n } of rows) {
        if ((since.get(id) ?? -1) >= n) continue;
        since.set(id, n);
        seen.set(id, [...(seen.get(id) ?? []), { n, at }]);
      }
      await sleep(20);
    }
  };
  return {
    begin: () => {
      void look();
    },
    end: () => {
      stopped.abort();
      return seen;
    },
  };
}

interface Lag {
  /** When the report was given to its session, in ms since 1970. */
  readonly at: number;
  readonly ms: number;
}

/** A report is visible with the first look that finds its number or a later one. */
function lagsOf(reported: readonly Reported[], seen: Sightings): Lag[] {
  return reported.flatMap(({ probes }) =>
    Object.entries(probes).flatMap(([id, sent]) =>
      sent.map(({ n, at }) => ({ at, ms: (seen.get(id)?.find((sighting) => sighting.n >= n)?.at ?? Infinity) - at })),
    ),
  );
}

const SLICE_S = 10;

/** Whether the lag grows, or comes from one moment. */
function describeLags(lags: readonly Lag[]): string {
  const startedAt = Math.min(...lags.map(({ at }) => at));
  const slices = Map.groupBy(lags, ({ at }) => Math.floor((at - startedAt) / (SLICE_S * 1000)));
  const msOf = (slice: readonly Lag[], share: number): string =>
    quantile(
      slice.map(({ ms }) => ms),
      share,
    ).toFixed(0);
  const each = [...slices.values()].map((slice) => `${msOf(slice, 0.5)}/${msOf(slice, 0.99)}`);
  return `${lags.length} lags sampled; p50/p99 of those given in each ${SLICE_S} s, ms: ${each.join(", ")}.`;
}

/** Reports a second where each is a transaction of its own. */
async function applySingly(bench: FleetBench): Promise<number> {
  bench.say("reports, one row at a time");
  const [device] = await bench.db.query<{ id: string }>(`SELECT "deviceId"::text AS id FROM device_status LIMIT 1`);
  const bootId = randomUUID();
  const body = { kind: "state", bootId, seq: 0, releaseId: null, variantSha256: null, running: null, standby: null } as const;
  const startedAt = performance.now();
  let n = 0;
  for (; performance.now() - startedAt < SINGLE_SECONDS * 1000; n += 1) {
    const report = { ...body, n, at: new Date().toISOString(), phase: n % 2 === 0 ? ("VERIFYING" as const) : ("DOWNLOADING" as const) };
    await applyReports(bench.ctx, [{ deviceId: device?.id ?? "", report }]);
  }
  return n / ((performance.now() - startedAt) / 1000);
}

async function measureHttps(bench: FleetBench, generator: Awaited<ReturnType<FleetBench["startGenerator"]>>): Promise<[number[], string]> {
  const connections = 32;
  const rates: number[] = [];
  let note = "";
  await bench.assignSomething();
  await generator.ask("ask", { at: Date.now() });
  for (let run = 1; run <= bench.sizes.repetitions; run += 1) {
    bench.say(`HTTPS polls, run ${run}`);
    const pids = { ...(await bench.stack.pids()), ...generator.pids() };
    const seconds = Math.min(5, bench.sizes.seconds);
    const { result, cpu } = await withCpu(pids, async () => await generator.ask("askFlatOut", { connections, seconds }));
    rates.push(result.reduce((sum, each) => sum + each.answers / each.seconds, 0));
    const ms = result.flatMap((each) => each.ms);
    const statuses = JSON.stringify(result.map(({ byStatus }) => byStatus));
    note = `HTTPS: ${connections * generator.size} connections in a closed loop, p50 ${quantile(ms, 0.5).toFixed(1)} ms, p99 ${quantile(ms, 0.99).toFixed(1)} ms, answers by status ${statuses}. CPU s: ${describeCpuUse(cpu)}.`;
  }
  return [rates, note];
}

function figuresOf(all: {
  perSecond: number;
  rate: number;
  whereabouts: Whereabouts;
  lags: readonly Lag[];
  single: number;
  https: number[];
}): Figure[] {
  const { perSecond, rate, whereabouts, lags, single, https } = all;
  const { sent, written, end } = whereabouts;
  return [
    {
      ...{ what: "reports into Postgres", unit: "/s", values: [rate], limit: { kind: "at least", value: 10_000 } },
      note: `${perSecond.toLocaleString("en")}/s offered`,
      peer: { name: "hawkBit's feedbacks", value: HAWKBIT.feedbacksPerSecond },
    },
    {
      what: "reports: lag, p99",
      unit: "ms",
      values: [
        quantile(
          lags.map(({ ms }) => ms),
          0.99,
        ),
      ],
      limit: { kind: "at most", value: 1_000 },
    },
    {
      what: "reports: lost or written twice",
      unit: "",
      values: [Math.abs(sent - written)],
      limit: { kind: "at most", value: 0 },
      note: `${sent.toLocaleString("en")} sent${end === "cut" ? ", more came when the run was cut" : ""}`,
    },
    { what: "reports, one row at a time", unit: "/s", values: [single], limit: null },
    { what: "batches over one row at a time", unit: "×", values: [rate / single], limit: { kind: "at least", value: 10 } },
    {
      ...{
        what: "assignment with ETag, mutual TLS, kept connections",
        unit: "/s",
        values: https,
        limit: { kind: "at least", value: 2_500 },
      },
      peer: { name: "hawkBit's polls, without TLS", value: HAWKBIT.pollsPerSecond },
    },
  ];
}
