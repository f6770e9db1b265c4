import type { Logger } from "@flotilla/logger";
import { readdir, readFile } from "node:fs/promises";
import { hostMetricsSchema } from "../runtime/ipc.ts";
import type { HostWork } from "./host-work.ts";
import type { Spool } from "./spool.ts";

const THERMAL = "/sys/class/thermal";

/** Reports what the serving host measured, every interval. Nothing is reported while nothing runs. @returns a function that stops it */
export function startMetrics(hosts: HostWork, spool: Spool, intervalMs: number, logger: Logger): () => void {
  let since = performance.now();
  const report = async (): Promise<void> => {
    const serving = hosts.serving;
    if (serving === null) return;
    const measured = await serving.host.ask({ kind: "metrics" }, hostMetricsSchema);
    const now = performance.now();
    const windowSeconds = Math.max(0.001, (now - since) / 1000);
    since = now;
    await spool.appendMetrics({
      windowSeconds,
      releaseId: serving.manifest.releaseId,
      inferenceCount: measured.inferenceCount,
      errorCount: measured.errorCount,
      latencyHistogram: measured.histogram,
      latencyP50Ms: measured.latencyP50Ms,
      latencyP95Ms: measured.latencyP95Ms,
      memoryBytes: measured.rssBytes,
      temperatureC: await temperatureC(),
      classCounts: measured.classCounts,
      meanConfidence: measured.meanConfidence,
    });
  };
  const timer = setInterval(() => {
    report().catch((error: unknown) =>
      logger.debug({ error: error instanceof Error ? error.message : String(error) }, "no metrics this time"),
    );
  }, intervalMs);
  return () => clearInterval(timer);
}

/** The warmest zone that the kernel shows; null where it shows none. */
export async function temperatureC(root = THERMAL): Promise<number | null> {
  const zones = (await readdir(root).catch(() => [])).filter((name) => name.startsWith("thermal_zone"));
  const values = await Promise.all(
    zones.map(async (zone) => Number(await readFile(`${root}/${zone}/temp`, "utf8").catch(() => "NaN")) / 1000),
  );
  const warm = values.filter((value) => Number.isFinite(value) && value > -50 && value < 200);
  return warm.length === 0 ? null : Math.max(...warm);
}
