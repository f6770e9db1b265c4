import type { MqttClient } from "@flotilla/mqtt";
import { applyMetrics, type DeviceMetricsReport, type ServiceContext } from "@flotilla/services";
import { Batcher } from "./batcher.ts";

const DELAY_MS = 1_000;

/** `up/metrics`: collected for a second, stored by two statements. */
export function ingestMetrics(ctx: ServiceContext, mqtt: MqttClient): Batcher<DeviceMetricsReport> {
  const batcher = new Batcher<DeviceMetricsReport>({
    name: "metrics",
    delayMs: DELAY_MS,
    maxItems: 1_000,
    highWater: 10_000,
    apply: async (items) => await applyMetrics(ctx, items),
    logger: ctx.logger,
  });
  mqtt.on("metrics", async (report, deviceId) => await batcher.add({ deviceId, report }));
  return batcher;
}
