import type { Health } from "@flotilla/contracts/views";
import type { DeviceState } from "@flotilla/contracts";
import type { StateKind } from "@flotilla/ui";

const KINDS: Record<Health, StateKind> = { healthy: "ok", busy: "busy", warning: "warn", failed: "bad", offline: "off", pending: "warn" };

/** The colour and shape of a health. */
export function kindOfHealth(health: Health): StateKind {
  return KINDS[health];
}

/** The message key of `devices.health` for a device: a revoked one says so, whatever it last reported. */
export function healthWord(device: { state: DeviceState; health: Health }): Health | "revoked" {
  return device.state === "REVOKED" ? "revoked" : device.health;
}
