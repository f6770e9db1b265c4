import type { BrokerRefusal } from "@flotilla/contracts";
import type { MqttClient } from "@flotilla/mqtt";
import { recordRefusal, type ServiceContext } from "@flotilla/services";
import { Batcher } from "./batcher.ts";

/** The broker's refusals: who tried what, shown with the device. Rare, so one after the other. */
export function ingestRefusals(ctx: ServiceContext, mqtt: MqttClient): Batcher<BrokerRefusal> {
  const batcher = new Batcher<BrokerRefusal>({
    name: "refusals",
    paceMs: 0,
    maxItems: 1,
    apply: async (refusals) => {
      for (const refusal of refusals) await recordRefusal(ctx, refusal);
      return [];
    },
    // It only informs: one that cannot be written holds up no other.
    isPoison: () => true,
    logger: ctx.logger,
  });
  mqtt.onBroker("refusals", async (refusal) => {
    await batcher.add(refusal);
  });
  return batcher;
}
