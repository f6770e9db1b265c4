import { setTimeout as sleep } from "node:timers/promises";
import { stateBody } from "../../../../agent/src/core/report-state.ts";
import type { Device } from "./device.ts";
import type { Reported } from "./protocol.ts";

const TICK_MS = 20;
const PHASES = ["VERIFYING", "DOWNLOADING"] as const;
const DRAIN_MS = 30_000;

/**
 * State reports at a fixed rate, round robin over the devices, each with another phase than the device's last: the server writes the status and an event for
 * every one of them. The rate is not the server's to choose: a device whose last report is not acknowledged yet queues the next, and its time counts from there.
 */
export async function sendReports(
  devices: readonly Device[],
  { perSecond, seconds, probes }: { perSecond: number; seconds: number; probes: number },
): Promise<Reported> {
  const counts = devices[0]?.surroundings.counts ?? { reportsAcknowledged: 0 };
  const acknowledgedBefore = counts.reportsAcknowledged;
  const probed = new Map(devices.slice(0, probes).map(({ id }) => [id, [] as { n: number; at: number }[]]));
  const [firstN, lastN]: [Record<string, number>, Record<string, number>] = [{}, {}];
  const bodies = devices.map(({ loop }) => PHASES.map((phase) => JSON.stringify({ ...stateBody(loop.state), phase })));
  const startedAt = performance.now();
  let given = 0;
  while (given < perSecond * seconds) {
    const due = Math.min(perSecond * seconds, Math.floor(((performance.now() - startedAt) / 1000) * perSecond));
    const at = Date.now();
    const instant = new Date(at).toISOString();
    for (; given < due; given += 1) {
      const device = devices[given % devices.length];
      const body = bodies[given % devices.length]?.[Math.floor(given / devices.length) % PHASES.length];
      if (device === undefined || body === undefined) break;
      const n = device.sendText(body, instant);
      probed.get(device.id)?.push({ n, at });
      firstN[device.id] ??= n;
      lastN[device.id] = n;
    }
    await sleep(TICK_MS);
  }
  const withDevicesAtEnd = devices.reduce((sum, { waiting }) => sum + waiting, 0);
  const end = performance.now() + DRAIN_MS;
  while (devices.some(({ waiting }) => waiting > 0) && performance.now() < end) await sleep(TICK_MS);
  return {
    sent: given,
    withDevicesAtEnd,
    acknowledged: counts.reportsAcknowledged - acknowledgedBefore,
    seconds: (performance.now() - startedAt) / 1000,
    probes: Object.fromEntries(probed),
    firstN,
    lastN,
  };
}
