import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { createSecureContext } from "node:tls";
import { createLogger } from "@flotilla/logger";
import type { Identity } from "../setup/make-identities.ts";
import { type Counts, Device, type Surroundings } from "./device.ts";
import { fetchFlatOut, askFlatOut } from "./flat-out.ts";
import type { CommandName, Commands, Connected, ConnectOptions, Setup } from "./protocol.ts";
import { sendReports } from "./send-reports.ts";

/** So many handshakes are under way at once: a fleet's backoff spreads them, a storm does not. */
const HANDSHAKES = 200;
const PING_MS = 50_000;

type Answers = { [N in CommandName]: (...argument: Parameters<Commands[N]>) => ReturnType<Commands[N]> | Promise<ReturnType<Commands[N]>> };

/** The commands over the devices of this process. */
export function answerCommands(): Answers {
  let devices: Device[] = [];
  let surroundings: Surroundings | null = null;
  let polling = new AbortController();
  const counts: Counts = {
    ...{ requests: 0, handshakes: 0, downloads: 0, downloadedBytes: 0, wrongDigests: 0 },
    ...{ reportsSent: 0, reportsAcknowledged: 0, hints: 0, active: 0, errors: 0 },
  };
  return {
    open: async (setup) => {
      surroundings = surroundingsOf(setup, counts);
      devices = await makeDevices(setup, surroundings);
      setInterval(() => devices.forEach(({ mqtt }) => mqtt.ping()), PING_MS).unref();
    },
    connect: async (options) => await connectAll(devices, options),
    drop: () => devices.forEach(({ mqtt }) => mqtt.drop()),
    ask: async ({ at }) => {
      const byStatus: Record<number, number> = {};
      await sleepUntil(at);
      await inParallel(devices, HANDSHAKES, async (device) => {
        const status = await device.ask();
        byStatus[status] = (byStatus[status] ?? 0) + 1;
      });
      return byStatus;
    },
    setReported: (phases) => {
      if (surroundings !== null) surroundings.reported = phases === null ? null : new Set(phases);
    },
    poll: ({ everySeconds, useHints }) => {
      polling.abort();
      polling = new AbortController();
      for (const device of devices) device.useHints = useHints;
      if (everySeconds > 0) for (const device of devices) void pollForEver(device, everySeconds * 1000, polling.signal);
    },
    counts: () => {
      const { user, system } = process.cpuUsage();
      const handshakes = devices.reduce((sum, { https }) => sum + https.handshakes, 0);
      return { ...counts, handshakes, cpuS: (user + system) / 1e6, rssBytes: process.memoryUsage.rss() };
    },
    askFlatOut: async (options) => await askFlatOut(devices, options),
    fetchFlatOut: async (options) => await fetchFlatOut(devices, options),
    report: async (options) => await sendReports(devices, options),
  };
}

function surroundingsOf({ gatewayPort, brokerPort, trustedKeys, mqttTls }: Setup, counts: Counts): Surroundings {
  return { gatewayPort, brokerPort, trustedKeys, mqttTls, counts, logger: createLogger("bench", "silent"), reported: null };
}

async function makeDevices({ identitiesFile, from, count, caPem }: Setup, surroundings: Surroundings): Promise<Device[]> {
  const identities = (JSON.parse(await readFile(identitiesFile, "utf8")) as Identity[]).slice(from, from + count);
  return identities.map(
    ({ id, key, cert }) => new Device(id, createSecureContext({ ca: caPem, key, cert, minVersion: "TLSv1.2" }), surroundings),
  );
}

async function connectAll(devices: readonly Device[], { at, resume, birth, expectHint }: ConnectOptions): Promise<Connected> {
  const ms: number[] = [];
  let [resumed, failed] = [0, 0];
  await sleepUntil(at);
  await inParallel(devices, HANDSHAKES, async (device) => {
    const hinted = new Promise<void>((resolve) => (device.onHint = resolve));
    try {
      await device.mqtt.connect({ birth, resume });
      if (birth) device.connected();
      if (expectHint) await hinted;
      ms.push(Date.now() - at);
      if (device.mqtt.resumed) resumed += 1;
    } catch {
      failed += 1;
    }
  });
  return { ms, resumed, failed };
}

async function pollForEver(device: Device, everyMs: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.random() * everyMs);
  while (!signal.aborted) {
    const startedAt = performance.now();
    await device.ask();
    await sleep(Math.max(0, everyMs - (performance.now() - startedAt)));
  }
}

/** Runs `work` on all items, `limit` of them at a time. */
async function inParallel<T>(items: readonly T[], limit: number, work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const run = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, run));
}

async function sleepUntil(at: number): Promise<void> {
  await sleep(Math.max(0, at - Date.now()));
}
