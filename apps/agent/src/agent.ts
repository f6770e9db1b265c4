import { resolve } from "node:path";
import type { DeviceProfile, Reason } from "@flotilla/contracts";
import type { Logger } from "@flotilla/logger";
import { type AgentPaths, agentPaths } from "./effects/agent-paths.ts";
import { writeFileAtomic } from "./effects/atomic-file.ts";
import type { LogTail } from "./effects/log-tail.ts";
import { expectsHost } from "./effects/parse-journal.ts";
import { prepareSockets } from "./effects/prepare-sockets.ts";
import { probeProfile } from "./effects/probe-profile.ts";
import { writeReason } from "./effects/write-reason.ts";
import type { AgentOptions } from "./options.ts";
import { Router } from "./runtime/router.ts";

export const AGENT_VERSION = "0.1.0";

export type AgentContext = {
  options: AgentOptions;
  entry: string;
  logger: Logger;
  /** Hears what `logger` writes, for the server. */
  log: LogTail;
  random: () => number;
  clock: () => Date;
};

/** A started agent. `stop` ends it cleanly: hosts, connections, timers. */
export type RunningAgent = { stop: () => Promise<void> };

/** What there is once the endpoint listens. */
export type ListeningAgent = AgentContext & {
  paths: AgentPaths;
  profile: DeviceProfile;
  router: Router;
  port: number;
  socketDirectory: string;
  /** The endpoint could not be written down. */
  fault: Reason | null;
};

/** Runs the agent: what was confirmed serves within moments, whatever the network says. */
export async function startAgent(context: AgentContext, signal: AbortSignal): Promise<RunningAgent> {
  const { options, entry, logger } = context;
  const paths = agentPaths(resolve(options.data));
  const profile = await probeProfile(entry, paths, AGENT_VERSION, options.profile, logger);
  const sockets = await prepareSockets(paths);
  const router = new Router();
  if (await expectsHost(paths)) router.expectHost();
  const port = await router.start(process.platform === "win32" ? null : sockets.agent, options.port);
  const info = { port, socket: sockets.agent, pid: process.pid };
  const fault = await writeFileAtomic(paths.fs, paths.hostInfo, JSON.stringify(info)).then(() => null, writeReason);
  if (fault !== null) logger.error({ reason: fault }, "the endpoint could not be written down");
  logger.info({ port, socket: sockets.agent }, "inference endpoint");
  // After the endpoint: what speaks to the server is most of the program.
  const { joinFleet } = await import("./join-fleet.ts");
  const agent = await joinFleet({ ...context, paths, profile, router, port, socketDirectory: sockets.directory, fault }, signal);
  return {
    stop: async () => {
      await agent.stop();
      await sockets.dispose();
    },
  };
}
