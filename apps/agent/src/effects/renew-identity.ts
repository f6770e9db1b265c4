import type { DeviceProfile } from "@flotilla/contracts";
import type { Logger } from "@flotilla/logger";
import type { AgentPaths } from "./agent-paths.ts";
import { renewIdentity } from "./enrol.ts";
import type { HttpsClient } from "./https-client.ts";
import { type Identity, renewAt } from "./identity-store.ts";

const CHECK_MS = 3_600_000;

export type RenewalOptions = {
  paths: AgentPaths;
  client: HttpsClient;
  profile: DeviceProfile;
  clock: () => Date;
  random: () => number;
  logger: Logger;
  current: () => Identity;
  renewed: (identity: Identity) => Promise<void>;
};

/** Renews the certificate once two thirds of its life are over; a failed try is repeated within the hour. @returns a function that stops it */
export function startRenewal(options: RenewalOptions): () => void {
  const { paths, client, profile, clock, random, logger, current, renewed } = options;
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;
  const check = async (): Promise<void> => {
    if (clock().getTime() >= renewAt(current().certificatePem)) {
      try {
        await renewed(await renewIdentity(paths, client, current(), profile));
        logger.info("the certificate was renewed");
      } catch (error) {
        logger.warn({ error: error instanceof Error ? error.message : String(error) }, "the certificate could not be renewed yet");
      }
    }
    if (!stopped) timer = setTimeout(() => void check(), CHECK_MS * (0.5 + random()));
  };
  void check();
  return () => {
    stopped = true;
    if (timer !== null) clearTimeout(timer);
  };
}
