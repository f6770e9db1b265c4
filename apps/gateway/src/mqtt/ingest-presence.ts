import { isDataError } from "@flotilla/db";
import type { MqttClient } from "@flotilla/mqtt";
import { type DevicePresence, type ServiceContext, setPresence } from "@flotilla/services";
import { Batcher } from "./batcher.ts";
import type { PresenceWatch } from "./presence-watch.ts";

/** `up/presence`: births and last wills. The retained ones of the whole fleet arrive at once after each connect. */
export function ingestPresence(ctx: ServiceContext, mqtt: MqttClient, watch: PresenceWatch): Batcher<DevicePresence> {
  const batcher = new Batcher<DevicePresence>({
    name: "presence",
    paceMs: 50,
    maxItems: 5_000,
    apply: async (items) => {
      await setPresence(ctx, items);
      return [];
    },
    isPoison: isDataError,
    logger: ctx.logger,
  });
  mqtt.on("presence", async (presence, deviceId) => {
    watch.heard(deviceId);
    await batcher.add({ deviceId, presence });
  });
  return batcher;
}
