import dataSets from "../../features/data-sets/messages/en.json" with { type: "json" };
import jobs from "../../features/jobs/messages/en.json" with { type: "json" };
import graph from "../../features/models/graph/messages/en.json" with { type: "json" };
import models from "../../features/models/messages/en.json" with { type: "json" };
import releases from "../../features/releases/messages/en.json" with { type: "json" };
import rollouts from "../../features/rollouts/messages/en.json" with { type: "json" };
import uploads from "../../features/uploads/messages/en.json" with { type: "json" };
import auth from "../../features/auth/messages/en.json" with { type: "json" };
import device from "../../features/device/messages/en.json" with { type: "json" };
import devices from "../../features/devices/messages/en.json" with { type: "json" };
import enrol from "../../features/enrol/messages/en.json" with { type: "json" };
import groups from "../../features/groups/messages/en.json" with { type: "json" };
import overview from "../../features/overview/messages/en.json" with { type: "json" };
import search from "../../features/search/messages/en.json" with { type: "json" };
import settings from "../../features/settings/messages/en.json" with { type: "json" };
import shell from "../../features/shell/messages/en.json" with { type: "json" };

/** English, the language that the types come from: one namespace a feature. */
export const messages = {
  auth,
  uploads,
  rollouts,
  releases,
  models,
  graph,
  jobs,
  dataSets,
  device,
  devices,
  enrol,
  groups,
  overview,
  search,
  settings,
  shell,
};

export type Messages = typeof messages;
