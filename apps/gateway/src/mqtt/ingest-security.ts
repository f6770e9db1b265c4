import type { MqttClient } from "@flotilla/mqtt";
import { applySecurityReport, type ServiceContext } from "@flotilla/services";

/** `up/security`: what an agent refused. Rare, so one by one. */
export function ingestSecurity(ctx: ServiceContext, mqtt: MqttClient): void {
  mqtt.on("security", async (report, deviceId) => {
    await applySecurityReport(ctx, deviceId, report);
  });
}
