import type { RolloutOptions } from "@flotilla/contracts";

/** What a rollout does that asks for nothing special; the same as an empty object read by `rolloutOptionsSchema`. A test holds the two together. */
export const DEFAULT_OPTIONS: RolloutOptions = {
  pace: null,
  revertPace: null,
  windows: [],
  deviceTimeoutSeconds: null,
  retries: { limit: 0, backoffSeconds: 60 },
  joinNewDevices: false,
  takesExclusiveDevices: false,
};
