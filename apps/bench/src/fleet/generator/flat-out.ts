import type { Device } from "./device.ts";
import type { Fetched, FlatOut } from "./protocol.ts";

/** Closed loop: each of the first `connections` devices asks again as soon as it was answered. */
export async function askFlatOut(devices: readonly Device[], options: { connections: number; seconds: number }): Promise<FlatOut> {
  const ms: number[] = [];
  const byStatus: Record<number, number> = {};
  const seconds = await during(devices, options, async (device) => {
    const startedAt = performance.now();
    const status = await device.ask();
    ms.push(performance.now() - startedAt);
    byStatus[status] = (byStatus[status] ?? 0) + 1;
  });
  return { answers: ms.length, seconds, ms, byStatus };
}

/** Closed loop of whole downloads, each hashed and compared. `cold`: a new connection for each. */
export async function fetchFlatOut(
  devices: readonly Device[],
  options: { connections: number; seconds: number; sha256: string; cold: boolean },
): Promise<Fetched> {
  const ms: number[] = [];
  const before = devices[0]?.surroundings.counts.downloadedBytes ?? 0;
  let wrongDigests = 0;
  const seconds = await during(devices, options, async (device) => {
    const startedAt = performance.now();
    if (options.cold) device.https.close();
    if (!(await device.fetch(options.sha256))) wrongDigests += 1;
    ms.push(performance.now() - startedAt);
  });
  return { bytes: (devices[0]?.surroundings.counts.downloadedBytes ?? 0) - before, seconds, wrongDigests, ms };
}

async function during(
  devices: readonly Device[],
  { connections, seconds }: { connections: number; seconds: number },
  work: (device: Device) => Promise<void>,
): Promise<number> {
  const startedAt = performance.now();
  const end = startedAt + seconds * 1000;
  await Promise.all(
    devices.slice(0, connections).map(async (device) => {
      while (performance.now() < end) await work(device);
    }),
  );
  return (performance.now() - startedAt) / 1000;
}
