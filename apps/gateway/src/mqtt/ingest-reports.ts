import type { MqttClient } from "@flotilla/mqtt";
import type { ReportIntake } from "./report-intake.ts";

/** `up/state`, `up/metrics`, `up/security` and `up/log`: acknowledged to the broker once they are in the database. */
export function ingestReports(mqtt: MqttClient, reports: ReportIntake): void {
  for (const topic of ["state", "metrics", "security", "log"] as const) {
    mqtt.on(topic, async (report, deviceId) => {
      await reports.add(deviceId, report);
    });
  }
}
