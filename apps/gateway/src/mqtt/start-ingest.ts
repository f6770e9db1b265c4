import type { MqttClient } from "@flotilla/mqtt";
import type { ServiceContext } from "@flotilla/services";
import { ingestPresence } from "./ingest-presence.ts";
import { ingestRefusals } from "./ingest-refusals.ts";
import { ingestReports } from "./ingest-reports.ts";
import { PresenceWatch } from "./presence-watch.ts";
import type { ReportIntake } from "./report-intake.ts";

export interface Ingest {
  /** Writes what arrived. Call after the connection is closed. */
  stop(): Promise<void>;
}

/** Registers every topic's handler. Call before the client starts. */
export function startIngest(ctx: ServiceContext, mqtt: MqttClient, reports: ReportIntake, graceMs?: number): Ingest {
  const watch = new PresenceWatch(ctx, graceMs);
  ingestReports(mqtt, reports);
  const presence = ingestPresence(ctx, mqtt, watch);
  const refusals = ingestRefusals(ctx, mqtt);
  mqtt.onConnect(() => watch.connected());
  mqtt.onDisconnect(() => watch.disconnected());
  // A broker that is not there after a start is the same as one that is gone.
  watch.disconnected();
  return {
    stop: async () => {
      watch.stop();
      await Promise.all([presence.flush(), refusals.flush(), reports.flush()]);
    },
  };
}
