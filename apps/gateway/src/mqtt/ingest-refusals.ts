import type { MqttClient } from "@flotilla/mqtt";
import { recordRefusal, type ServiceContext } from "@flotilla/services";

/** The broker's refusals: who tried what, shown with the device. */
export function ingestRefusals(ctx: ServiceContext, mqtt: MqttClient): void {
  mqtt.onBroker("refusals", async (refusal) => await recordRefusal(ctx, refusal));
}
