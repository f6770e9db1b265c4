import type { FleetBench } from "../fleet-bench.ts";
import type { Generator } from "../generator/generator.ts";
import { until } from "../machine/until.ts";

/** Two phases, as the peers' devices reported: on its way, and done. */
export const TWO_REPORTS = ["DOWNLOADING", "ACTIVE"];
const BOOTED = 60_000;

/** Connects every device by MQTT and HTTPS and waits until the server knows them all as online. */
export async function connectFleet(bench: FleetBench, generator: Generator, count: number): Promise<void> {
  await generator.ask("setReported", TWO_REPORTS);
  bench.say(`${count} devices connect`);
  const connected = await generator.ask("connect", { at: Date.now(), resume: false, birth: true, expectHint: false });
  const failed = connected.reduce((sum, each) => sum + each.failed, 0);
  if (failed > 0) throw new Error(`${failed} of ${count} devices could not connect to the broker.`);
  await generator.ask("ask", { at: Date.now() });
  const online = `SELECT count(*)::int AS n FROM device_status WHERE online`;
  await until(async () => ((await bench.db.query<{ n: number }>(online))[0]?.n ?? 0) >= count, BOOTED, `${count} devices online`);
}
