import dataSets from "../../features/data-sets/messages/en.json";
import jobs from "../../features/jobs/messages/en.json";
import graph from "../../features/models/graph/messages/en.json";
import models from "../../features/models/messages/en.json";
import releases from "../../features/releases/messages/en.json";
import rollouts from "../../features/rollouts/messages/en.json";
import uploads from "../../features/uploads/messages/en.json";
import auth from "../../features/auth/messages/en.json";
import device from "../../features/device/messages/en.json";
import devices from "../../features/devices/messages/en.json";
import enrol from "../../features/enrol/messages/en.json";
import groups from "../../features/groups/messages/en.json";
import overview from "../../features/overview/messages/en.json";
import search from "../../features/search/messages/en.json";
import settings from "../../features/settings/messages/en.json";
import shell from "../../features/shell/messages/en.json";
import targets from "../../features/targets/messages/en.json";

/**
 * English, the language that the types come from: one namespace a feature. Imported without `with { type: "json" }`: in a build they are no longer
 * JSON but what the compiler of messages made of it.
 */
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
  targets,
};

export type Messages = typeof messages;
