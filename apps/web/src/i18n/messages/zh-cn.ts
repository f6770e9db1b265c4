import dataSets from "../../features/data-sets/messages/zh-CN.json";
import jobs from "../../features/jobs/messages/zh-CN.json";
import graph from "../../features/models/graph/messages/zh-CN.json";
import models from "../../features/models/messages/zh-CN.json";
import releases from "../../features/releases/messages/zh-CN.json";
import rollouts from "../../features/rollouts/messages/zh-CN.json";
import uploads from "../../features/uploads/messages/zh-CN.json";
import auth from "../../features/auth/messages/zh-CN.json";
import device from "../../features/device/messages/zh-CN.json";
import devices from "../../features/devices/messages/zh-CN.json";
import enrol from "../../features/enrol/messages/zh-CN.json";
import groups from "../../features/groups/messages/zh-CN.json";
import overview from "../../features/overview/messages/zh-CN.json";
import search from "../../features/search/messages/zh-CN.json";
import settings from "../../features/settings/messages/zh-CN.json";
import shell from "../../features/shell/messages/zh-CN.json";
import targets from "../../features/targets/messages/zh-CN.json";
import type { Messages } from "./en.ts";

/** Simplified Chinese, complete: a missing key does not compile. */
export const messages: Messages = {
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
