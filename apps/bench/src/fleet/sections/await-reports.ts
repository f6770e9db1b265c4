import { setTimeout as sleep } from "node:timers/promises";
import type { FleetBench } from "../fleet-bench.ts";
import type { Generator } from "../generator/generator.ts";
import type { Reported } from "../generator/protocol.ts";

const LOOK_MS = 250;
/** So long nothing new in Postgres, and what is not there never will be. */
const STALLED_MS = 30_000;
const LONGEST_MS = 600_000;

/** Where the reports of a run are once it is over. */
export interface Whereabouts {
  /** drained: all are in Postgres; stalled: nothing comes any more; cut: more came when the wait was given up. */
  readonly end: "drained" | "stalled" | "cut";
  readonly sent: number;
  /** In Postgres. */
  readonly written: number;
  /** Not acknowledged: their devices keep them and will send them again. */
  readonly withDevices: number;
}

/** Waits as long as reports of the run reach Postgres: what is slow is not lost. `before`: events and acknowledgements before the run. */
export async function awaitReports(
  bench: FleetBench,
  generator: Generator,
  reported: readonly Reported[],
  before: { events: number; acknowledged: number },
): Promise<Whereabouts> {
  const end = await waitForEnd(bench, reported);
  const sent = reported.reduce((sum, each) => sum + each.sent, 0);
  const written = (await countEvents(bench)) - before.events;
  return { end, sent, written, withDevices: sent - ((await countAcknowledged(generator)) - before.acknowledged) };
}

async function waitForEnd(bench: FleetBench, reported: readonly Reported[]): Promise<Whereabouts["end"]> {
  const startedAt = performance.now();
  let [changedAt, lastSum] = [startedAt, -1];
  for (;;) {
    const { settled, sum } = await lookAtDevices(bench, reported);
    const now = performance.now();
    if (settled) return "drained";
    if (sum !== lastSum) [changedAt, lastSum] = [now, sum];
    if (now - changedAt > STALLED_MS) return "stalled";
    if (now - startedAt > LONGEST_MS) return "cut";
    await sleep(LOOK_MS);
  }
}

/** `settled`: every device's last number is there; `sum` changes with every report that arrives. */
async function lookAtDevices({ db }: FleetBench, reported: readonly Reported[]): Promise<{ settled: boolean; sum: number }> {
  const last = Object.assign({}, ...reported.map(({ lastN }) => lastN)) as Record<string, number>;
  const [row] = await db.query<{ there: number; sum: number }>(
    `SELECT count(*) FILTER (WHERE s."lastN" = l.n::int)::int AS there, coalesce(sum(s."lastN"), 0)::float8 AS sum
     FROM jsonb_each_text($1::jsonb) AS l(id, n) JOIN device_status s ON s."deviceId" = l.id::uuid`,
    [JSON.stringify(last)],
  );
  return { settled: row?.there === Object.keys(last).length, sum: row?.sum ?? 0 };
}

export async function countEvents({ db }: FleetBench): Promise<number> {
  const [row] = await db.query<{ n: number }>(`SELECT count(*)::int AS n FROM device_event WHERE kind = 'state'`);
  return row?.n ?? 0;
}

export async function countAcknowledged(generator: Generator): Promise<number> {
  return (await generator.ask("counts", undefined)).reduce((sum, { reportsAcknowledged }) => sum + reportsAcknowledged, 0);
}

/** What a person who reads the figures has to know of an overloaded run; null where all of it went well. */
export function describeOverload(run: {
  perSecond: number;
  seconds: number;
  /** In Postgres, and with their devices, when the last report was given. */
  writtenAtEnd: number;
  withDevicesAtEnd: number;
  elapsedS: number;
  whereabouts: Whereabouts;
}): string | null {
  const { perSecond, seconds, writtenAtEnd, withDevicesAtEnd, elapsedS, whereabouts } = run;
  const { end, sent, written, withDevices } = whereabouts;
  const waiting = sent - writtenAtEnd - withDevicesAtEnd;
  const isLate = waiting + withDevicesAtEnd > perSecond;
  if (end === "drained" && sent === written && !isLate) return null;
  const say = (n: number): string => Math.round(n).toLocaleString("en");
  const overloaded = `Overloaded: ${say(perSecond)}/s were offered for ${seconds} s and ${say(writtenAtEnd / seconds)}/s reached Postgres meanwhile. When the last one was given, ${say(withDevicesAtEnd)} were with their devices, not acknowledged, and ${say(Math.max(0, waiting))} between broker and Postgres.`;
  const missing = sent - written - withDevices;
  const ends = {
    drained: sent === written ? `All were there after ${elapsedS.toFixed(0)} s.` : describeDifference(missing),
    stalled: `Then nothing came any more: ${say(withDevices)} are still with their devices, ${say(missing)} were acknowledged and are lost.`,
    cut: `After ${elapsedS.toFixed(0)} s the run was cut, while more came: ${say(withDevices)} with their devices, ${say(missing)} between broker and Postgres. What is lost, if anything, is not known.`,
  };
  return `${isLate ? `${overloaded} ` : ""}${ends[end]}`;
}

function describeDifference(missing: number): string {
  const count = Math.abs(missing).toLocaleString("en");
  return `Every device's last report is in Postgres, but ${missing > 0 ? `${count} before it are lost` : `${count} are there twice`}.`;
}
