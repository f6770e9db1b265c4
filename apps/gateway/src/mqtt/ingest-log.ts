import type { MqttClient } from "@flotilla/mqtt";
import { applyLogReport, type ServiceContext } from "@flotilla/services";

/** `up/log`: what an agent warned of. A few lines at most every few seconds, so one by one. */
export function ingestLog(ctx: ServiceContext, mqtt: MqttClient): void {
  mqtt.on("log", async (report, deviceId) => {
    await applyLogReport(ctx, deviceId, report);
  });
}
