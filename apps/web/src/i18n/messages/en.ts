import auth from "../../features/auth/messages/en.json" with { type: "json" };
import device from "../../features/device/messages/en.json" with { type: "json" };
import devices from "../../features/devices/messages/en.json" with { type: "json" };
import groups from "../../features/groups/messages/en.json" with { type: "json" };
import overview from "../../features/overview/messages/en.json" with { type: "json" };
import settings from "../../features/settings/messages/en.json" with { type: "json" };
import shell from "../../features/shell/messages/en.json" with { type: "json" };

/** English, the language that the types come from: one namespace a feature. */
export const messages = {
  auth,
  device,
  devices,
  groups,
  overview,
  settings,
  shell,
};

export type Messages = typeof messages;
