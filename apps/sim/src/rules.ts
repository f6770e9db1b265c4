import type { step } from "@flotilla/agent/core/step";
import type { AgentParts } from "@flotilla/agent/assemble-agent";
import type { DeviceClient } from "@flotilla/agent/effects/https-client";
import type { MqttLinkOptions } from "@flotilla/agent/effects/mqtt-link";
import type { verifySlot } from "@flotilla/agent/effects/slot-store";
import type { TrustedKey } from "@flotilla/contracts";
import type { Device } from "./device/device.ts";
import type { HttpHooks } from "./server/answer-http.ts";
import type { ReportRules } from "./server/apply-reports.ts";
import type { PlannerRules } from "./server/planner.ts";

/** Every place where a simulation may replace a piece of the product by a wrong one. `soundRules` are the product's own. */
export interface Rules {
  reports: ReportRules;
  planner: PlannerRules;
  http: HttpHooks;
  ignoresSync: (kind: "file" | "directory", path: string) => boolean;
  decide: typeof step;
  verifySlot: typeof verifySlot;
  trustedKeys: (keys: readonly TrustedKey[]) => readonly TrustedKey[];
  wrapClient: (device: Device, client: DeviceClient) => DeviceClient;
  wrapLink: (device: Device, options: MqttLinkOptions) => MqttLinkOptions;
  /** Called once a device's agent has begun. */
  tamperWithParts: (device: Device, parts: AgentParts) => void;
}
