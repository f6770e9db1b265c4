import type { LiveEvent } from "@flotilla/contracts";

export type LiveTopic = LiveEvent["topic"];

/** Which procedures show something that a topic changes. A path with one part is a whole router. */
const PATHS: Record<LiveTopic, readonly (readonly string[])[]> = {
  upload: [["uploads"]],
  model: [["models"], ["overview"]],
  "data-set": [["dataSets"]],
  job: [
    ["jobs", "list"],
    ["jobs", "get"],
    ["jobs", "findings"],
    ["models", "version"],
    ["models", "lineage"],
  ],
  "job-log": [["jobs", "log"]],
  "graph-view": [["models", "graphView"]],
  "target-report": [["models", "targetReport"]],
  release: [["releases"], ["models", "version"], ["models", "lineage"]],
  demo: [["demo"]],
  device: [["devices"], ["groups"], ["overview"], ["tokens"], ["demo"]],
  group: [["groups"]],
  rollout: [["rollouts"], ["overview"], ["devices"]],
  settings: [["settings"], ["members"], ["tokens"]],
};

/** The procedures to ask again after a set of topics, each once. */
export function pathsFor(topics: Iterable<LiveTopic>): string[][] {
  const seen = new Map<string, string[]>();
  for (const topic of topics) {
    for (const path of PATHS[topic]) seen.set(path.join("."), [...path]);
  }
  return [...seen.values()];
}
