import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import type { Reason } from "@flotilla/contracts";
import type { Logger } from "@flotilla/logger";
import { type AgentGround, type AgentParts, assembleAgent, bootAgent } from "./assemble-agent.ts";
import { agentPaths } from "./effects/agent-paths.ts";
import { writeFileAtomic } from "./effects/atomic-file.ts";
import { type EnrolContext, loadOrEnrol } from "./effects/enrol.ts";
import { HttpsClient } from "./effects/https-client.ts";
import type { Identity } from "./effects/identity-store.ts";
import { expectsHost } from "./effects/journal-store.ts";
import { prepareSockets } from "./effects/prepare-sockets.ts";
import { probeProfile } from "./effects/probe-profile.ts";
import { IdentityKeeper, settleEnrolment } from "./effects/regain-identity.ts";
import { startRenewal } from "./effects/renew-identity.ts";
import { startReplay } from "./effects/replay-workload.ts";
import { type LogTail, startLogReports } from "./effects/log-tail.ts";
import { startMetrics } from "./effects/report-metrics.ts";
import type { AgentOptions } from "./options.ts";
import { writeReason } from "./effects/write-reason.ts";
import { nodeTimers } from "./ports/timers.ts";
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

/** The ground of a real agent: a router that listens, a client whose certificate can be renewed. */
type Ground = AgentContext &
  AgentGround & { options: AgentOptions; router: Router; port: number; client: HttpsClient; enrolment: EnrolContext; fault: Reason | null };

/** Runs the agent: what was confirmed serves within moments, whatever the network says. */
export async function startAgent(context: AgentContext, signal: AbortSignal): Promise<RunningAgent> {
  const { options, entry, logger, random, clock } = context;
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
  const enrolment = { options, paths, profile, random, now: () => clock().getTime(), logger, signal };
  const identity = await loadOrEnrol(enrolment);
  await settleEnrolment(paths);
  const client = new HttpsClient(options.server, clientIdentity(identity));
  const agent = await begin({
    ...context,
    timers: nodeTimers,
    bootId: randomUUID(),
    paths,
    profile,
    router,
    port,
    socketDirectory: sockets.directory,
    holder: { identity },
    client,
    enrolment,
    fault,
  });
  return {
    stop: async () => {
      await agent.stop();
      client.close();
      await sockets.dispose();
    },
  };
}

async function begin(ground: Ground): Promise<RunningAgent> {
  const { options, logger, log, clock, random, paths, profile, port, holder, client, router } = ground;
  const parts = assembleAgent({ ...ground, onRefused: (error) => keeper.heard(error) });
  const { hosts, spool, mqtt, poller, dispatch } = parts;
  const renewed = async (identity: Identity): Promise<void> => {
    holder.identity = identity;
    client.renew(clientIdentity(identity));
    await mqtt.start(identity);
  };
  const regained = async (identity: Identity, isOther: boolean): Promise<void> => {
    if (isOther) {
      await spool.clear();
      poller.forget();
      dispatch({ kind: "readmitted" });
    }
    await renewed(identity);
    poller.ask();
  };
  const keeper = new IdentityKeeper({ context: ground.enrolment, current: () => holder.identity, regained });
  await bootAgent(ground, parts);
  if (ground.fault !== null) dispatch({ kind: "fault", reason: ground.fault });
  const ends = [
    startRenewal({ paths, client, profile, clock, random, logger, current: () => holder.identity, renewed }),
    startMetrics(hosts, spool, options.metricsIntervalMs, logger),
    startLogReports(log, spool),
  ];
  if (options.replay !== undefined) {
    ends.push(await startReplay(options.replay, options.replayIntervalMs, port, () => hosts.serving?.manifest ?? null, logger));
  }
  return { stop: async () => await end(parts, ends, router) };
}

async function end(
  { poller, sender, loop, releases, hosts, mqtt }: AgentParts,
  ends: readonly (() => void)[],
  router: Router,
): Promise<void> {
  for (const stop of ends) stop();
  poller.stop();
  sender.stop();
  await loop.stop();
  releases.cancel();
  await router.stop();
  await Promise.all([hosts.stopAll(), mqtt.stop()]);
}

function clientIdentity(identity: Identity): { ca: string; cert: string; key: string } {
  return { ca: identity.serverCaPem, cert: identity.certificatePem, key: identity.privateKeyPem };
}
