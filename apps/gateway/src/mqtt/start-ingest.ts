import type { MqttClient } from "@flotilla/mqtt";
import type { ServiceContext } from "@flotilla/services";
import { ingestLog } from "./ingest-log.ts";
import { ingestMetrics } from "./ingest-metrics.ts";
import { ingestPresence } from "./ingest-presence.ts";
import { ingestRefusals } from "./ingest-refusals.ts";
import { ingestSecurity } from "./ingest-security.ts";
import { ingestState } from "./ingest-state.ts";
import { PresenceWatch } from "./presence-watch.ts";

export interface Ingest {
  /** Writes what arrived. Call after the connection is closed. */
  stop(): Promise<void>;
}

/** Registers every topic's handler. Call before the client starts. */
export function startIngest(ctx: ServiceContext, mqtt: MqttClient, graceMs?: number): Ingest {
  const watch = new PresenceWatch(ctx, graceMs);
  const batchers = [ingestState(ctx, mqtt), ingestMetrics(ctx, mqtt), ingestPresence(ctx, mqtt, watch)];
  ingestLog(ctx, mqtt);
  ingestSecurity(ctx, mqtt);
  ingestRefusals(ctx, mqtt);
  mqtt.onConnect(() => watch.connected());
  mqtt.onDisconnect(() => watch.disconnected());
  // A broker that is not there after a start is the same as one that is gone.
  watch.disconnected();
  return {
    stop: async () => {
      watch.stop();
      await Promise.all(batchers.map(async (batcher) => await batcher.flush()));
    },
  };
}
