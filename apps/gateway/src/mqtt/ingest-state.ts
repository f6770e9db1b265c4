import type { MqttClient } from "@flotilla/mqtt";
import { applyStateReports, type DeviceStateReport, type ServiceContext } from "@flotilla/services";
import { Batcher } from "./batcher.ts";

/** `up/state`: applied at once; what arrives meanwhile goes into the next batch. */
export function ingestState(ctx: ServiceContext, mqtt: MqttClient): Batcher<DeviceStateReport> {
  const batcher = new Batcher<DeviceStateReport>({
    name: "state",
    delayMs: 0,
    maxItems: 500,
    highWater: 5_000,
    apply: async (items) => await applyStateReports(ctx, items),
    logger: ctx.logger,
  });
  mqtt.on("state", async (report, deviceId) => await batcher.add({ deviceId, report }));
  return batcher;
}
